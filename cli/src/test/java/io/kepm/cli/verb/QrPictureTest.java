package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.GlobalHistogramBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class QrPictureTest {

    private static final String URI =
            "otpauth://totp/KEPM%3Aalice%40ws-17?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=KEPM";
    private static final int SCALE = 4;

    @Test
    void what_the_screen_shows_is_read_back_by_a_reader() throws Exception {
        List<String> lines =
                QrPicture.of(URI, 80).stream()
                        .map(line -> line.replaceAll("\u001b\\[[0-9;]*m", ""))
                        .toList();
        int width = lines.get(0).length();
        int[] pixels = new int[width * SCALE * lines.size() * 2 * SCALE];
        for (int y = 0; y < lines.size() * 2 * SCALE; y++) {
            for (int x = 0; x < width * SCALE; x++) {
                char c = lines.get(y / SCALE / 2).charAt(x / SCALE);
                boolean upper = y / SCALE % 2 == 0;
                boolean dark = c == '█' || c == (upper ? '▀' : '▄');
                pixels[y * width * SCALE + x] = dark ? 0 : 0xffffff;
            }
        }
        RGBLuminanceSource picture =
                new RGBLuminanceSource(width * SCALE, lines.size() * 2 * SCALE, pixels);
        assertThat(
                        new QRCodeReader()
                                .decode(new BinaryBitmap(new GlobalHistogramBinarizer(picture)))
                                .getText())
                .isEqualTo(URI);
    }

    @Test
    void what_does_not_fit_the_screen_is_not_shown_in_parts() {
        assertThat(QrPicture.of(URI, 40)).isEmpty();
        assertThat(QrPicture.of(URI, 80)).allMatch(line -> line.endsWith("\u001b[0m"));
    }
}
