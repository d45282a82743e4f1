// Reads record batches and message sets, one in hexadecimal a line, with Apache Kafka's own classes and prints what is in them as JSON:
// java -cp "$KAFKA_HOME/libs/*" ReadBatches.java < lines
// By reflection, because the classes moved to another package between Kafka 3.9 and 4.3.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Locale;
import java.util.StringJoiner;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

public class ReadBatches {
    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        Method read = memoryRecords().getMethod("readableRecords", ByteBuffer.class);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            try {
                System.out.println(field(read.invoke(null, ByteBuffer.wrap(HexFormat.of().parseHex(line)))));
            } catch (ReflectiveOperationException | RuntimeException error) {
                Throwable cause = error;
                while (cause.getCause() != null) cause = cause.getCause();
                System.out.println("error: " + cause);
            }
        }
    }

    static Class<?> memoryRecords() throws ClassNotFoundException {
        try {
            return Class.forName("org.apache.kafka.common.record.internal.MemoryRecords");
        } catch (ClassNotFoundException older) {
            return Class.forName("org.apache.kafka.common.record.MemoryRecords");
        }
    }

    static Object call(Object target, String name) throws ReflectiveOperationException {
        Method method = target.getClass().getMethod(name);
        method.setAccessible(true);
        return method.invoke(target);
    }

    static String field(Object records) throws ReflectiveOperationException {
        StringJoiner json = new StringJoiner(",", "[", "]");
        for (Object batch : (Iterable<?>) call(records, "batches")) json.add(batch(batch));
        return json.toString();
    }

    static String batch(Object batch) throws ReflectiveOperationException {
        call(batch, "ensureValid");
        byte magic = (Byte) call(batch, "magic");
        StringJoiner json = new StringJoiner(",", "{", "}");
        json.add("\"magic\":" + magic);
        json.add("\"compression\":" + quoted(((Enum<?>) call(batch, "compressionType")).name().toLowerCase(Locale.ROOT)));
        json.add("\"timestampType\":" + quoted(((TimestampType) call(batch, "timestampType")).name));
        json.add("\"baseOffset\":" + (magic < 2 ? null : call(batch, "baseOffset")));
        for (String name : new String[] {"lastOffset", "maxTimestamp", "producerId", "producerEpoch", "baseSequence"})
            json.add(quoted(name) + ":" + call(batch, name));
        json.add("\"leaderEpoch\":" + call(batch, "partitionLeaderEpoch"));
        json.add("\"transactional\":" + call(batch, "isTransactional"));
        json.add("\"control\":" + call(batch, "isControlBatch"));
        StringJoiner records = new StringJoiner(",", "[", "]");
        for (Object record : (Iterable<?>) batch) records.add(record(record));
        return json.add("\"records\":" + records).toString();
    }

    static String record(Object record) throws ReflectiveOperationException {
        call(record, "ensureValid");
        StringJoiner headers = new StringJoiner(",", "[", "]");
        for (Header header : (Header[]) call(record, "headers"))
            headers.add("[" + quoted(header.key()) + "," + quoted(header.value() == null ? null : HexFormat.of().formatHex(header.value())) + "]");
        return "{\"offset\":" + call(record, "offset") + ",\"timestamp\":" + call(record, "timestamp")
            + ",\"key\":" + quoted(hex((ByteBuffer) call(record, "key"))) + ",\"value\":" + quoted(hex((ByteBuffer) call(record, "value")))
            + ",\"headers\":" + headers + "}";
    }

    static String hex(ByteBuffer buffer) {
        if (buffer == null) return null;
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    static String quoted(String text) {
        return text == null ? "null" : "\"" + text + "\"";
    }
}
