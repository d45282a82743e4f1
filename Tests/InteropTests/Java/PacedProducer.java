import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka's own producer, given one record at each instant of a steady schedule. Prints, for each run,
 * the mean size of its batches in bytes and its records a request. A first run, which does not
 * count, warms up the virtual machine.
 *
 * Arguments: TOPIC RATE SECONDS RUNS RECORD_BYTES NAME=VALUE... (the producer's configuration).
 */
public class PacedProducer {
    private static final long TICK_NS = 20_000;

    public static void main(String[] arguments) {
        double rate = Double.parseDouble(arguments[1]);
        int seconds = Integer.parseInt(arguments[2]);
        int runs = Integer.parseInt(arguments[3]);
        byte[] value = new byte[Integer.parseInt(arguments[4])];
        Properties properties = new Properties();
        for (int index = 5; index < arguments.length; index++) {
            String[] pair = arguments[index].split("=", 2);
            properties.put(pair[0], pair[1]);
        }
        for (int run = 0; run <= runs; run++) {
            Map<MetricName, ? extends Metric> metrics = send(properties, arguments[0], value, rate, seconds);
            if (run > 0) {
                System.out.println(value(metrics, "batch-size-avg") + " " + value(metrics, "records-per-request-avg"));
            }
        }
    }

    private static Object value(Map<MetricName, ? extends Metric> metrics, String name) {
        for (Map.Entry<MetricName, ? extends Metric> entry : metrics.entrySet()) {
            MetricName key = entry.getKey();
            if (key.group().equals("producer-metrics") && key.name().equals(name)) return entry.getValue().metricValue();
        }
        throw new IllegalStateException("Kafka's producer has no metric " + name);
    }

    private static Map<MetricName, ? extends Metric> send(
            Properties properties, String topic, byte[] value, double rate, int seconds) {
        ByteArraySerializer serializer = new ByteArraySerializer();
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties, serializer, serializer);
        producer.partitionsFor(topic);
        long firstNs = System.nanoTime();
        long count = Math.round(rate * seconds);
        for (long sent = 0; sent < count; ) {
            long dueNs = firstNs + Math.round(sent * 1e9 / rate);
            long waitNs = dueNs - System.nanoTime();
            if (waitNs > 0) {
                LockSupport.parkNanos(Math.max(waitNs, TICK_NS));
            } else {
                producer.send(new ProducerRecord<>(topic, value));
                sent++;
            }
        }
        producer.close();
        return producer.metrics();
    }
}
