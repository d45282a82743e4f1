import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Writes what Kafka's own classes make of groups and of the bytes that members exchange.
 *
 * groups.tsv was made by it, with kafka-clients 4.3.1 on the class path:
 * "range", partitions of each topic, members with their topics, what each gets;
 * "subscription" or "assignment", version, content, bytes in hexadecimal.
 */
final class GroupOracle {
    private static final Random RANDOM = new Random(7);

    public static void main(String[] words) {
        for (int number = 0; number < 60; number++) range();
        for (short version = 0; version <= 3; version++) {
            for (int number = 0; number < 4; number++) subscription(version, number);
            for (int number = 0; number < 3; number++) assignment(version, number);
        }
    }

    private static void range() {
        TreeMap<String, Integer> counts = new TreeMap<>();
        for (int topic = 0; topic <= RANDOM.nextInt(4); topic++) counts.put("t" + topic, RANDOM.nextInt(13));
        Map<String, List<PartitionInfo>> partitions = new HashMap<>();
        counts.forEach((topic, count) -> {
            List<PartitionInfo> infos = new ArrayList<>();
            for (int at = 0; at < count; at++) infos.add(new PartitionInfo(topic, at, null, null, null));
            if (count > 0) partitions.put(topic, infos);
        });
        TreeMap<String, Subscription> members = new TreeMap<>();
        List<String> told = new ArrayList<>();
        int memberCount = 1 + RANDOM.nextInt(7);
        for (int at = 0; at < memberCount; at++) {
            List<String> topics = new ArrayList<>();
            for (String topic : counts.keySet()) if (RANDOM.nextInt(4) > 0) topics.add(topic);
            if (RANDOM.nextInt(6) == 0) topics.add("missing");
            Subscription subscription = new Subscription(topics);
            String id = "weir-" + (char) ('a' + RANDOM.nextInt(26)) + at;
            String instance = RANDOM.nextInt(3) == 0 ? "static-" + RANDOM.nextInt(100) + "-" + at : "";
            if (!instance.isEmpty()) subscription.setGroupInstanceId(Optional.of(instance));
            members.put(id, subscription);
            told.add(id + "/" + instance + "/" + String.join(",", topics));
        }
        List<String> given = new ArrayList<>();
        new TreeMap<>(new RangeAssignor().assignPartitions(partitions, members)).forEach((id, list) ->
            given.add(id + "=" + text(list)));
        List<String> sizes = new ArrayList<>();
        counts.forEach((topic, count) -> sizes.add(topic + "=" + count));
        System.out.println(String.join("\t", "range", String.join(" ", sizes), String.join(" ", told), String.join(" ", given)));
    }

    private static String text(List<TopicPartition> list) {
        List<String> names = new ArrayList<>();
        list.stream().sorted((one, other) -> one.topic().equals(other.topic())
            ? one.partition() - other.partition() : one.topic().compareTo(other.topic()))
            .forEach(partition -> names.add(partition.topic() + ":" + partition.partition()));
        return String.join(",", names);
    }

    private static List<TopicPartition> some(int number) {
        List<TopicPartition> list = new ArrayList<>();
        for (int at = 0; at < number; at++) list.add(new TopicPartition(at < 2 ? "b" : "ä", at));
        return list;
    }

    private static ByteBuffer data(int number) {
        return number == 0 ? null : ByteBuffer.wrap(new byte[] {0, 0, 0, (byte) number});
    }

    private static void subscription(short version, int number) {
        List<String> topics = number == 0 ? Collections.emptyList() : number == 1 ? List.of("t") : List.of("ä", "b");
        Subscription subscription = new Subscription(topics, data(number), some(number), number - 1,
            number > 1 ? Optional.of("rack-" + number) : Optional.empty());
        print("subscription", version, String.join(",", topics) + "/" + number + "/" + text(some(number)) + "/" + (number - 1)
            + "/" + (number > 1 ? "rack-" + number : ""), ConsumerProtocol.serializeSubscription(subscription, version));
    }

    private static void assignment(short version, int number) {
        print("assignment", version, number + "/" + text(some(number * 2)),
            ConsumerProtocol.serializeAssignment(new Assignment(some(number * 2), data(number)), version));
    }

    private static void print(String kind, short version, String content, ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        System.out.println(String.join("\t", kind, "" + version, content, HexFormat.of().formatHex(copy)));
    }
}
