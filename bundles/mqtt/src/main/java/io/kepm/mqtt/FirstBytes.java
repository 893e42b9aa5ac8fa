package io.kepm.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/** Bounds what somebody may send who was not admitted yet; removed once that is over. */
final class FirstBytes extends ChannelInboundHandlerAdapter {

    private final int most;
    private int seen;
    private boolean over;

    FirstBytes(int most) {
        this.most = most;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
            seen += bytes.readableBytes();
        }
        if (over || seen > most) {
            ReferenceCountUtil.release(message);
            if (!over) {
                over = true;
                ctx.fireExceptionCaught(new TooMuch());
            }
            return;
        }
        ctx.fireChannelRead(message);
    }

    /** More than a CONNECT needs. */
    static final class TooMuch extends Exception {
        TooMuch() {
            super("more bytes than a CONNECT needs");
        }
    }
}
