import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.StringJoiner;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** Answers each case on standard input with what HdrHistogram for Java makes of it; see README.md for the columns. */
public class HistogramOracle {
    static final double[] PERCENTILES = {0, 1, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100};

    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            System.out.println(answer(line.split("\t", -1)));
        }
    }

    static String answer(String[] fields) throws Exception {
        Histogram histogram = new Histogram(
            Long.parseLong(fields[1]), Long.parseLong(fields[2]), Integer.parseInt(fields[3]));
        for (String pair : fields[4].split(",")) {
            if (pair.isEmpty()) continue;
            String[] parts = pair.split(":");
            histogram.recordValueWithCount(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
        }
        StringJoiner percentiles = new StringJoiner(",");
        for (double percentile : PERCENTILES) {
            percentiles.add(percentile + ":" + histogram.getValueAtPercentile(percentile));
        }
        ByteBuffer encoded = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(encoded);
        String base64 = Base64.getEncoder().encodeToString(Arrays.copyOf(encoded.array(), length));
        String decoded = "";
        if (fields.length > 5 && !fields[5].isEmpty()) {
            ByteBuffer theirs = ByteBuffer.wrap(Base64.getDecoder().decode(fields[5]));
            decoded = recorded(Histogram.decodeFromCompressedByteBuffer(theirs, 0));
        }
        return String.join("\t", fields[0], recorded(histogram), percentiles.toString(),
            Long.toString(histogram.getMinValue()), Long.toString(histogram.getMaxValue()),
            Double.toString(histogram.getMean()), Double.toString(histogram.getStdDeviation()), base64, decoded);
    }

    static String recorded(Histogram histogram) {
        StringJoiner recorded = new StringJoiner(",");
        for (HistogramIterationValue value : histogram.recordedValues()) {
            recorded.add(value.getValueIteratedTo() + ":" + value.getCountAtValueIteratedTo());
        }
        return recorded.toString();
    }
}
