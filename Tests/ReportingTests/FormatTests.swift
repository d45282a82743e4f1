import Testing

@testable import Reporting

@Suite struct FormatTests {
    @Test(arguments: [
        (0.0, "0"), (0.5, "0.500"), (0.09996, "0.100"), (0.0999, "0.0999"), (1, "1.00"), (9.994, "9.99"),
        (9.996, "10.0"),
        (99.94, "99.9"), (99.96, "100"), (999.4, "999"), (999.6, "1,000"), (1234.5, "1,234"), (1_234_567, "1,234,567"),
        (-1234, "-1,234"), (-0.5, "-0.500"), (0.000_123_4, "0.000123"), (1e-9, "1.00e-09"), (9.3e18, "9.30e+18"),
        (999_999_999_999_999, "999,999,999,999,999"), (.infinity, "–"), (.nan, "–"),
    ])
    func keepsThreeDigits(value: Double, text: String) { #expect(NumberText.significant(value) == text) }

    @Test(arguments: [
        (Int64(0), "0"), (999, "999"), (1000, "1,000"), (-1_000_000, "-1,000,000"),
        (Int64.max, "9,223,372,036,854,775,807"),
        (Int64.min, "-9,223,372,036,854,775,808"),
    ])
    func separatesThousands(value: Int64, text: String) { #expect(NumberText.grouped(value) == text) }

    @Test(arguments: [
        (0.0, "0 ns"), (1, "1.00 ns"), (512, "512 ns"), (999.4, "999 ns"), (999.6, "1.00 µs"), (1234, "1.23 µs"),
        (999_600, "1.00 ms"), (45_600_000, "45.6 ms"), (7_890_000_000, "7.89 s"), (3_600_000_000_000, "3,600 s"),
        (.infinity, "–"),
    ])
    func picksTheUnitOfALatency(ns: Double, text: String) { #expect(TimeText.latency(ns: ns) == text) }

    @Test(arguments: [
        (0.0, "0 s"), (0.4e9, "under 1 s"), (1e9, "1 s"), (59.4e9, "59 s"), (59.6e9, "1 min"), (80e9, "1 min 20 s"),
        (3600e9, "1 h"), (7500e9, "2 h 5 min"), (-1, "–"), (.nan, "–"),
    ])
    func saysHowLongARunTakes(ns: Double, text: String) { #expect(TimeText.duration(ns: ns) == text) }

    @Test(arguments: [
        (0.0, "±0%"), (0.0004, "±0%"), (0.004, "±0.4%"), (0.0094, "±0.9%"), (0.0096, "±1%"), (0.236, "±24%"),
        (123.4, "±12,340%"),
        (.infinity, ""),
    ])
    func showsASpread(share: Double, text: String) { #expect(NumberText.spread(share) == text) }

    @Test(arguments: [
        (0.0, "0 B"), (999, "999 B"), (999.7, "0.976 KiB"), (2048, "2.00 KiB"), (67_108_864, "64.0 MiB"),
        (1.8e19, "16,370,905 TiB"),
    ])
    func showsBytes(value: Double, text: String) { #expect(NumberText.bytes(value) == text) }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("µs ±", 4), ("日本", 4), ("e\u{301}", 1), ("🙂", 2), ("ﬁ", 1), ("한", 2), ("\u{301}", 0),
    ])
    func knowsWhatATerminalShows(text: String, width: Int) { #expect(TextStyle.width(text) == width) }

    @Test func cutsToAWidth() {
        #expect(TextStyle.unicode.cut("abcdef", to: 6) == "abcdef")
        #expect(TextStyle.unicode.cut("abcdef", to: 4) == "abc…")
        #expect(TextStyle.ascii.cut("abcdef", to: 4) == "a...")
        #expect(TextStyle.unicode.cut("日本語", to: 4) == "日…")
        #expect(TextStyle.ascii.cut("abcdef", to: 2) == "..")
        #expect(TextStyle.unicode.cut("abcdef", to: 0) == "")
    }

    @Test(arguments: [
        ("one two three", 7, 0, ["one two", "three"]), ("one two three", 13, 0, ["one two three"]),
        ("one two three", 9, 2, ["one two", "  three"]), ("  # one two", 7, 0, ["  # one", "  two"]),
        ("immeasurable it is", 4, 1, ["immeasurable", " it", " is"]), ("", 5, 0, [""]), ("日本 日本", 5, 0, ["日本", "日本"]),
    ])
    func partsSentencesAtTheirSpaces(text: String, width: Int, indent: Int, lines: [String]) {
        #expect(TextStyle.wrapped(text, to: width, indent: indent) == lines)
        #expect(TextStyle.wrapped(text, to: nil, indent: indent) == [text])
    }

    @Test func disarmsWhatATerminalWouldObey() {
        #expect(TextStyle.unicode.clean("a\u{1b}[2Jb\tc\nd\u{7f}\u{9b}e\u{202e}f") == "a?[2Jb c d??e?f")
        #expect(TextStyle.ascii.clean("µ±–≥×≈… é 日") == "u+--" + ">=x~... ? ?")
        #expect(TextStyle.ascii.clean("e\u{301}") == "e")
    }
}
