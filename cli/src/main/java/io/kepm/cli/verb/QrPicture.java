package io.kepm.cli.verb;

import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.ByteMatrix;
import com.google.zxing.qrcode.encoder.Encoder;
import java.util.ArrayList;
import java.util.List;

/**
 * A text as a QR code (ISO/IEC 18004) of half blocks, two rows of modules in a line, in colours of
 * its own: dark on light on every terminal.
 */
final class QrPicture {

    /** Modules of the quiet zone; four by the standard, two are enough for every reader tried. */
    private static final int QUIET = 2;

    private static final String DARK_ON_LIGHT = "\u001b[30;107m";
    private static final String END = "\u001b[0m";

    private QrPicture() {}

    /** The lines; none when they are wider than the screen. */
    static List<String> of(String text, int columns) {
        ByteMatrix modules;
        try {
            modules = Encoder.encode(text, ErrorCorrectionLevel.L).getMatrix();
        } catch (WriterException e) {
            return List.of();
        }
        int width = modules.getWidth() + 2 * QUIET;
        if (width > columns) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        for (int row = -QUIET; row < modules.getHeight() + QUIET; row += 2) {
            StringBuilder line = new StringBuilder(DARK_ON_LIGHT);
            for (int column = -QUIET; column < modules.getWidth() + QUIET; column++) {
                boolean upper = isDark(modules, column, row);
                boolean lower = isDark(modules, column, row + 1);
                line.append(upper ? lower ? '█' : '▀' : lower ? '▄' : ' ');
            }
            lines.add(line.append(END).toString());
        }
        return lines;
    }

    private static boolean isDark(ByteMatrix modules, int column, int row) {
        return column >= 0
                && row >= 0
                && column < modules.getWidth()
                && row < modules.getHeight()
                && modules.get(column, row) == 1;
    }
}
