import Testing

@testable import Scenario

/// Amounts with their units: one spelling each, and what other spellings are answered with.
@Suite struct QuantityTests {
    @Test(arguments: [
        ("8", Quantity.number(8)), ("0", .number(0)), ("100 B", .byteSize(100)), ("1 KiB", .byteSize(1_024)),
        ("3 MiB", .byteSize(3 << 20)), ("2 GiB", .byteSize(2 << 30)), ("500 ms", .time(ns: 500_000_000)),
        ("2 s", .time(ns: 2_000_000_000)), ("1.5 s", .time(ns: 1_500_000_000)), ("3 min", .time(ns: 180_000_000_000)),
        ("1 h", .time(ns: 3_600_000_000_000)), ("0.5 ms", .time(ns: 500_000)), ("2000/s", .rate(2_000)),
        ("0.5/s", .rate(0.5)), ("50 %", .share(0.5)), ("12.5 %", .share(0.125)), ("1 record", .records(1)),
        ("1000 records", .records(1_000)), ("0 records", .records(0)),
    ])
    func amountsAreRead(text: String, quantity: Quantity) {
        #expect(Quantity(text) == quantity)
    }

    @Test(arguments: [
        "", " ", "B", "100B", "100  B", " 100 B", "100 B ", "100 KB", "1e3", "-1", "-1 s", "+1", "01", "1.", ".5 s",
        "1.5 B", "1.5 KiB", "1.5 records", "50%", "2000 /s", "2000 / s", "5s", "5 sec", "1_000", "0x10",
        "1 000 records",
        "99999999999999999999", "99999999999 h", "18446744073709551616", "1.0000000001 s", "¹ s", "٣ s", "NaN/s",
    ])
    func otherSpellingsAreNone(text: String) {
        #expect(Quantity(text) == nil)
    }

    @Test(arguments: [
        ("100B", "100 B"), ("1 KB", "1 KiB"), ("1kb", "1 KiB"), ("5s", "5 s"), ("5 sec", "5 s"), ("5 minutes", "5 min"),
        ("50%", "50 %"), ("2000 /s", "2000/s"), ("2000 rps", "2000/s"), ("10 messages", "10 records"), ("3 m", "3 MiB"),
    ])
    func nearlyRightSpellingsAreMended(text: String, mended: String) {
        #expect(Quantity.mended(text)?.text == mended)
    }

    @Test(arguments: [
        ("1024 B", "1 KiB"), ("1000 B", "1000 B"), ("60 s", "1 min"), ("90 s", "90 s"), ("1500 ms", "1500 ms"),
        ("0 ms", "0 s"), ("0 KiB", "0 B"), ("2.5 s", "2500 ms"), ("1 records", "1 record"), ("12.50 %", "12.5 %"),
        ("0.25 ms", "0.25 ms"), ("1000.0/s", "1000/s"), ("0.001/s", "0.001/s"), ("0.07 %", "0.07 %"),
    ])
    func eachAmountHasOneSpelling(text: String, canonical: String) throws {
        let quantity = try #require(Quantity(text))
        #expect(quantity.text == canonical)
        #expect(Quantity(canonical) == quantity)
    }
}
