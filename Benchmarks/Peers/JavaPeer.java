import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.AppInfoParser;

/** The Java client as a peer for starts and re-creation; run as `java -cp "$KAFKA_HOME/libs/*" JavaPeer.java VERB --option value …`. */
public class JavaPeer {
    /** Classes are loaded and compiled while these are done; they are not samples. */
    private static final int UNCOUNTED = 10;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private final Map<String, String> options;

    public static void main(String[] words) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i + 1 < words.length; i += 2) options.put(words[i].substring(2), words[i + 1]);
        JavaPeer peer = new JavaPeer(options);
        if (words.length > 0 && words[0].equals("start")) peer.start();
        else if (words.length > 0 && words[0].equals("reuse")) peer.reuse();
        else {
            System.err.println("JavaPeer: start or reuse, as the rest is measured by Kafka's own tools");
            System.exit(2);
        }
    }

    private JavaPeer(Map<String, String> options) { this.options = options; }

    private interface Action { void run(int number) throws Exception; }

    /** Does it so many times, and prints what each took; what `after` does is not timed. */
    private void measure(Action timed, Action after) throws Exception {
        List<Long> samples = new ArrayList<>();
        long usedBefore = 0;
        int count = Integer.parseInt(options.get("count"));
        for (int number = -UNCOUNTED; number < count; number++) {
            if (number == 0) usedBefore = cpuNs();
            long begin = System.nanoTime();
            timed.run(number);
            if (number >= 0) samples.add(System.nanoTime() - begin);
            after.run(number);
        }
        System.out.printf(
            Locale.ROOT, "{\"peer\":\"java\",\"version\":\"%s\",\"samplesNs\":%s,\"cpuNs\":%d}%n", AppInfoParser.getVersion(), samples,
            cpuNs() - usedBefore);
    }

    private static long cpuNs() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    // Starts

    private KafkaConsumer<byte[], byte[]> consumer;

    private void start() throws Exception {
        String mode = options.get("mode");
        String committed = "bench-" + System.nanoTime();
        if (mode.equals("committed")) commit(committed);
        measure(
            number -> {
                String group = mode.equals("committed") ? committed : mode.equals("new-group") ? committed + "-" + number : null;
                consumer = makeConsumer(group);
                consumer.assign(partitions());
                long end = System.nanoTime() + PATIENCE.toNanos();
                while (consumer.poll(Duration.ofSeconds(1)).isEmpty())
                    if (System.nanoTime() > end) throw new IllegalStateException("no first record");
            },
            number -> consumer.close());
    }

    private void commit(String group) {
        try (KafkaConsumer<byte[], byte[]> one = makeConsumer(group)) {
            one.assign(partitions());
            one.commitSync(partitions().stream().collect(Collectors.toMap(p -> p, p -> new OffsetAndMetadata(0))), PATIENCE);
        }
    }

    private List<TopicPartition> partitions() {
        return IntStream.range(0, Integer.parseInt(options.get("partitions")))
            .mapToObj(number -> new TopicPartition(options.get("topic"), number)).collect(Collectors.toList());
    }

    private KafkaConsumer<byte[], byte[]> makeConsumer(String group) {
        Properties properties = common();
        if (group != null) properties.put("group.id", group);
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "earliest");
        properties.put("fetch.max.bytes", options.get("fetch-max-bytes"));
        properties.put("max.partition.fetch.bytes", options.get("partition-fetch-max-bytes"));
        properties.put("fetch.min.bytes", options.get("fetch-min-bytes"));
        properties.put("fetch.max.wait.ms", options.get("fetch-max-wait-ms"));
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    // Producers

    private KafkaProducer<byte[], byte[]> producer;

    private void reuse() throws Exception {
        int size = Integer.parseInt(options.get("value-size"));
        byte[] payload = Files.readAllBytes(Path.of(options.get("payload")));
        byte[] value = java.util.Arrays.copyOf(payload, size);
        boolean isKept = options.get("mode").equals("kept");
        // The broker makes the topic at its first use, which is no part of any sample.
        producer = makeProducer();
        producer.partitionsFor(options.get("topic"));
        send(value);
        if (!isKept) producer.close();
        measure(
            number -> {
                if (!isKept) producer = makeProducer();
                send(value);
            },
            number -> {
                if (!isKept) producer.close();
            });
        if (isKept) producer.close();
    }

    private void send(byte[] value) throws Exception {
        producer.send(new ProducerRecord<>(options.get("topic"), 0, null, value)).get();
    }

    private KafkaProducer<byte[], byte[]> makeProducer() {
        Properties properties = common();
        properties.put("acks", options.get("acks"));
        properties.put("enable.idempotence", options.get("idempotence"));
        properties.put("linger.ms", options.get("linger-ms"));
        properties.put("batch.size", options.get("batch-size"));
        properties.put("max.in.flight.requests.per.connection", options.get("in-flight"));
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Properties common() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", options.get("bootstrap-servers"));
        return properties;
    }
}
