import Foundation
import Measurement
import System
import Testing

@Suite struct HdrHistogramTests {
    @Test func keepsThreeDigitsOfEveryValue() {
        for exponent in 0..<42 {
            var histogram = HdrHistogram.latencies()
            let value: UInt64 = 1 << exponent + UInt64(exponent)
            histogram.recordValue(value)
            #expect(histogram.maxValue - histogram.minValue <= value / 1000)
            #expect((histogram.minValue...histogram.maxValue).contains(value))
        }
    }

    @Test func growsForValuesAboveItsHighest() throws {
        var histogram = try HdrHistogram(highestTrackableValue: 1000)
        for value in [UInt64(1), 2_000_000, UInt64(Int64.max), UInt64.max] { histogram.recordValue(value) }
        #expect(histogram.totalCount == 4)
        #expect(histogram.maxValue == UInt64(Int64.max))
        #expect(histogram.count(at: UInt64(Int64.max)) == 2)
        #expect(try HdrHistogram(base64: histogram.encodedBase64()).recordedValues.map(\.count) == [1, 1, 2])
    }

    @Test func mergesTheSameAndOtherLayouts() throws {
        var whole = HdrHistogram.latencies()
        var part = HdrHistogram.latencies(), coarse = try HdrHistogram(highestTrackableValue: 9_000_000_000_000)
        for value in stride(from: UInt64(1), to: 5_000_000, by: 4999) {
            whole.recordValue(value, count: 2)
            part.recordValue(value)
            coarse.recordValue(value)
        }
        part.merge(coarse)
        #expect(part.recordedValues.map(\.value) == whole.recordedValues.map(\.value))
        #expect(part.recordedValues.map(\.count) == whole.recordedValues.map(\.count))
        #expect(part.totalCount == whole.totalCount)
        part.reset()
        #expect(part.totalCount == 0 && part.recordedValues.isEmpty && part.value(atPercentile: 99) == 0)
    }

    @Test func countsAboveAValue() {
        var histogram = HdrHistogram.latencies()
        for value in UInt64(1)...1000 { histogram.recordValue(value) }
        #expect(histogram.count(above: 990) == 10)
        #expect(histogram.count(above: 1000) == 0)
        #expect(histogram.value(atPercentile: 99) == 990)
        #expect(histogram.value(atPercentile: -1) == 1 && histogram.value(atPercentile: 200) == 1000)
    }

    @Test func encodesItselfBack() throws {
        var histogram = HdrHistogram.latencies()
        #expect(try HdrHistogram(base64: histogram.encodedBase64()) == histogram)
        var generator = SplitMix64(seed: 7)
        for _ in 0..<5000 { histogram.recordValue(UInt64.random(in: 0...3_600_000_000_000, using: &generator)) }
        #expect(try HdrHistogram(base64: histogram.encodedBase64()) == histogram)
    }

    @Test(arguments: [
        (0, 100, 3, HistogramError.Code.valueRange), (1, 1, 3, .valueRange), (1, UInt64.max, 3, .valueRange),
        (1, 100, 5, .significantDigits(5)), (1, 100, -1, .significantDigits(-1)), (1 << 60, 1 << 62, 3, .valueRange),
    ])
    func refusesImpossibleRanges(lowest: UInt64, highest: UInt64, digits: Int, code: HistogramError.Code) {
        let error = #expect(throws: HistogramError.self) {
            try HdrHistogram(
                lowestDiscernibleValue: lowest, highestTrackableValue: highest, significantDigits: digits)
        }
        #expect(error?.code == code)
    }
}

@Suite struct HistogramEncodingTests {
    @Test func refusesWhatIsNotBase64() {
        let error = #expect(throws: HistogramError.self) { try HdrHistogram(base64: "not base64!") }
        #expect(error?.code == .base64)
    }

    @Test func refusesEveryTruncationAndSurvivesEveryChangedByte() throws {
        var histogram = HdrHistogram.latencies()
        for value in stride(from: UInt64(1), to: 90_000_000, by: 999_983) { histogram.recordValue(value) }
        let encoded = try #require(Data(base64Encoded: histogram.encodedBase64()))
        for length in 0..<encoded.count {
            #expect(throws: HistogramError.self) {
                try HdrHistogram(base64: encoded.prefix(length).base64EncodedString())
            }
        }
        for index in encoded.indices {
            var damaged = encoded
            damaged[index] ^= 0x55
            // zlib's checksum finds all but the cookie's word size, which is not used.
            guard index != 3 else { continue }
            #expect(throws: HistogramError.self, "byte \(index)") {
                try HdrHistogram(base64: damaged.base64EncodedString())
            }
        }
    }

    @Test(arguments: [
        (Inner(payload: [0x02, 0x04]), nil as String?),
        (Inner(cookie: 0x1c84_9302), "cookie"),
        (Inner(normalizingOffset: 1), "shifted"),
        (Inner(digits: 9), "significant digits"),
        (Inner(digits: 0xffff_ffff), "significant digits"),
        (Inner(lowest: 0), "lowest and highest"),
        (Inner(highest: UInt64.max), "lowest and highest"),
        (Inner(payload: [0x80, 0x80]), "ends at byte"),
        (Inner(payload: [UInt8](repeating: 0xff, count: 9)), "beyond the last slot"),
        (Inner(payload: [0xfe, 0xff, 0xff, 0xff, 0x0f]), nil),
        (Inner(payload: [0xff, 0xff, 0xff, 0xff, 0x0f]), "beyond the last slot"),
        (Inner(payload: [UInt8](repeating: 2, count: 5000)), "beyond the last slot"),
        (Inner(payload: [2], statedByteCount: 2), "bytes of counts"),
    ])
    func readsTheInnerHeaderWithBounds(inner: Inner, complaint: String?) throws {
        guard let complaint else {
            #expect(try HdrHistogram(base64: inner.base64).totalCount > 0)
            return
        }
        let error = #expect(throws: HistogramError.self) { try HdrHistogram(base64: inner.base64) }
        #expect(error?.description.contains(complaint) == true, "\(error.map(\.description) ?? "nothing")")
    }

    @Test func boundsWhatAStreamGrowsTo() {
        let bomb = Inner(payload: [UInt8](repeating: 0, count: 12 << 20))
        let error = #expect(throws: HistogramError.self) { try HdrHistogram(base64: bomb.base64) }
        #expect(error?.code == .tooLarge(HdrHistogram.slotCountMax + 1))
    }
}

/// A V2 encoding put together by hand, in a zlib stream of stored blocks.
struct Inner: Sendable, CustomTestStringConvertible {
    var cookie: UInt32 = 0x1c84_9313
    var normalizingOffset: UInt32 = 0
    var digits: UInt32 = 3
    var lowest: UInt64 = 1
    var highest: UInt64 = 4000
    var payload: [UInt8] = [2]
    var statedByteCount: Int?

    var testDescription: String {
        "\(cookie) \(normalizingOffset) \(digits) \(lowest) \(highest) \(payload.prefix(4)) \(payload.count)"
    }

    var base64: String {
        let header = bytes(cookie) + bytes(UInt32(statedByteCount ?? payload.count)) + bytes(normalizingOffset)
        let plain = header + bytes(digits) + bytes(lowest) + bytes(highest) + bytes((1.0).bitPattern) + payload
        var zlib: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: plain.count, by: 0xffff) {
            let block = plain[start..<min(start + 0xffff, plain.count)]
            let length = UInt16(block.count)
            zlib.append(start + block.count == plain.count ? 1 : 0)
            for half in [length, ~length] { zlib += [UInt8(half & 0xff), UInt8(half >> 8)] }
            zlib += block
        }
        zlib += bytes(adler32(plain))
        return Data(bytes(UInt32(0x1c84_9314)) + bytes(UInt32(zlib.count)) + zlib).base64EncodedString()
    }

    private func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    private func adler32(_ bytes: [UInt8]) -> UInt32 {
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            a = (a + UInt32(byte)) % 65521
            b = (b + a) % 65521
        }
        return b << 16 | a
    }
}
