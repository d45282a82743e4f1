/// Counts of values, such as latencies in nanoseconds, each kept to a fixed number of significant
/// digits.
///
/// A port of HdrHistogram: the same slots, percentiles and encoding. It grows when a value is above
/// its highest, so that no value is dropped or clipped. One loop owns it; the loops' histograms are
/// merged at the end of a repeat.
public struct HdrHistogram: Sendable, Equatable {
    /// The most slots that an encoding may have: 8 MiB of counts.
    public static let slotCountMax = 1 << 20

    /// How the counts are laid out.
    public let layout: HistogramLayout
    /// The highest value that needs no growth.
    public private(set) var highestTrackableValue: UInt64
    /// How many values were recorded.
    public private(set) var totalCount: UInt64 = 0
    var counts: [UInt64]

    /// A histogram that needs no growth for values from `lowestDiscernibleValue` to
    /// `highestTrackableValue`.
    public init(
        lowestDiscernibleValue: UInt64 = 1, highestTrackableValue: UInt64, significantDigits: Int = 3
    ) throws(HistogramError) {
        layout = try HistogramLayout(
            lowestDiscernibleValue: lowestDiscernibleValue, significantDigits: significantDigits)
        guard highestTrackableValue <= UInt64(Int64.max), highestTrackableValue / 2 >= lowestDiscernibleValue else {
            throw HistogramError(.valueRange)
        }
        let slotCount = layout.slotCount(upTo: highestTrackableValue)
        guard slotCount <= Self.slotCountMax else { throw HistogramError(.tooLarge(slotCount)) }
        self.highestTrackableValue = highestTrackableValue
        counts = Array(repeating: 0, count: slotCount)
    }

    private init(latenciesUpToNs: UInt64, layout: HistogramLayout) {
        self.layout = layout
        highestTrackableValue = latenciesUpToNs
        counts = Array(repeating: 0, count: layout.slotCount(upTo: latenciesUpToNs))
    }

    /// A histogram for latencies from 1 ns to an hour, to three significant digits: 264 KiB.
    public static func latencies() -> HdrHistogram {
        HdrHistogram(latenciesUpToNs: 3_600_000_000_000, layout: latencyLayout)
    }

    /// Counts a value; values above 2⁶³−1 count as that.
    @inline(always)
    public mutating func recordValue(_ value: UInt64) { recordValue(value, count: 1) }

    /// Counts a value `count` times.
    public mutating func recordValue(_ value: UInt64, count: UInt64) {
        let index = layout.index(of: value)
        if index < counts.count {
            counts[index] &+= count
        } else {
            recordAfterGrowth(min(value, UInt64(Int64.max)), count)
        }
        totalCount &+= count
    }

    @inline(never)
    private mutating func recordAfterGrowth(_ value: UInt64, _ count: UInt64) {
        let slotCount = layout.slotCount(upTo: value)
        if slotCount > counts.count {
            counts.append(contentsOf: repeatElement(0, count: slotCount - counts.count))
            highestTrackableValue = max(highestTrackableValue, layout.highestValue(at: slotCount - 1))
        }
        counts[layout.index(of: value)] &+= count
    }

    /// Sets a slot's count while an encoding is read.
    mutating func addRead(_ count: UInt64, at index: Int) {
        counts[index] &+= count
        totalCount &+= count
    }

    /// Adds the counts of another histogram, slot by slot where the layouts are the same.
    public mutating func merge(_ other: HdrHistogram) {
        guard other.layout == layout, other.counts.count <= counts.count else {
            for (value, count) in other.recordedValues { recordValue(value, count: count) }
            return
        }
        for index in other.counts.indices { counts[index] &+= other.counts[index] }
        totalCount &+= other.totalCount
    }

    /// Forgets every value and keeps the memory.
    public mutating func reset() {
        for index in counts.indices { counts[index] = 0 }
        totalCount = 0
    }
}

private let latencyLayout: HistogramLayout = {
    do { return try HistogramLayout(lowestDiscernibleValue: 1, significantDigits: 3) } catch {
        preconditionFailure("1 ns to three digits is a layout: \(error)")
    }
}()
