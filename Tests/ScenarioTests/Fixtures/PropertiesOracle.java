import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Properties;
import java.util.Scanner;
import java.util.TreeMap;

/**
 * Reads property files, one a line in hexadecimal, and answers for each with what Properties.load makes of it:
 * "key=value" in the hexadecimal of their UTF-16, sorted by key and parted by spaces, or "!" where it throws.
 *
 * properties-java.tsv was made by it: a file, a tab, the answer.
 */
final class PropertiesOracle {
    public static void main(String[] words) {
        Scanner questions = new Scanner(System.in);
        StringBuilder answers = new StringBuilder();
        while (questions.hasNextLine()) {
            String question = questions.nextLine();
            if (words.length > 0) answers.append(question).append('\t');
            answers.append(answer(HexFormat.of().parseHex(question.substring(1)))).append('\n');
        }
        System.out.print(answers);
    }

    private static String answer(byte[] file) {
        Properties properties = new Properties();
        try {
            properties.load(new ByteArrayInputStream(file));
        } catch (Exception error) {
            return "!";
        }
        TreeMap<String, String> sorted = new TreeMap<>();
        for (String key : properties.stringPropertyNames()) {
            sorted.put(hex(key), hex(properties.getProperty(key)));
        }
        StringBuilder text = new StringBuilder(".");
        sorted.forEach((key, value) -> text.append(' ').append(key).append('=').append(value));
        return text.toString();
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_16BE));
    }
}
