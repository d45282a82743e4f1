internal import Foundation
internal import Results
internal import Statistics

/// Writes a report as JSON for programs: the same figures as in the tables, unrounded and with
/// their intervals.
struct JSONRenderer {
    static let format = "weir.report/1"

    func text(_ report: Report) -> String {
        var root: [String: Any] = [
            "format": Self.format, "scenario": report.name, "verdict": report.verdict.rawValue,
            "verdictText": report.verdictLine, "experiments": report.sections.map(experiment),
            "legend": report.legend,
        ]
        if let table = report.expectations { root["expectations"] = rows(table) }
        if let table = report.choices { root["choices"] = rows(table) }
        if !report.doubts.isEmpty { root["doubts"] = report.doubts }
        if let path = report.path { root["result"] = path }
        return text(root)
    }

    /// An object of texts and finite numbers.
    func text(_ root: Any) -> String {
        do {
            let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try JSONSerialization.data(withJSONObject: root, options: options), as: UTF8.self)
                + "\n"
        } catch {
            preconditionFailure("texts and finite numbers are JSON: \(error)")
        }
    }

    private func experiment(_ section: Report.Section) -> [String: Any] {
        var object: [String: Any] = [
            "name": section.name, "kind": section.kind.rawValue, "notes": section.notes,
            "cells": cells(section.tables + [section.unshown].compactMap { $0 }),
        ]
        if !section.endedEarly.isEmpty { object["endedEarly"] = section.endedEarly.map(end) }
        return object
    }

    private func end(_ end: Report.EarlyEnd) -> [String: Any] {
        [
            "axes": end.axes.map { ["name": $0.name, "value": $0.value] }, "code": end.code, "detail": end.detail,
            "repeatsNotRun": end.repeatsNotRun,
        ]
    }

    /// One object for each row, by its columns' keys.
    func rows(_ table: Table) -> [[String: Any]] {
        table.rows.map { row in
            Dictionary(zip(table.columns.map(\.key), row.map(value))) { first, _ in first }
        }
    }

    /// One object for each cell, with the figures of all tables.
    private func cells(_ tables: [Table]) -> [[String: Any]] {
        let rowCount = tables.map(\.rows.count).max() ?? 0
        return (0..<rowCount).map { row in
            var axes: [[String: Any]] = []
            var figures: [String: Any] = [:]
            for table in tables where row < table.rows.count {
                for (column, entry) in zip(table.columns, table.rows[row]).dropFirst(table.axisCount) {
                    figures[column.key] = value(entry)
                }
            }
            if let table = tables.first {
                axes = zip(table.columns, table.rows[row]).prefix(table.axisCount).filter { !$0.0.key.isEmpty }
                    .map { ["name": $0.0.title, "value": $0.1.text] }
            }
            return ["axes": axes, "figures": figures]
        }
    }

    private func value(_ entry: Entry) -> Any {
        switch entry {
        case .text(let text): text
        case .count(let count): count
        case .share(let part, let whole): ["value": part, "of": whole]
        case .offsets(let range):
            ["low": range.low.map { $0 as Any } ?? NSNull(), "high": range.high.map { $0 as Any } ?? NSNull()]
        case .baseline: ["value": 1, "unit": Metric.Unit.ratio.rawValue]
        case .leftOut, .nothing: NSNull()
        case .figure(let figure): self.figure(figure)
        }
    }

    private func figure(_ figure: Figure) -> [String: Any] {
        var object: [String: Any] = ["value": number(figure.estimate.value), "unit": figure.unit.rawValue]
        if let interval = figure.estimate.interval {
            object["low"] = number(interval.lowerBound)
            object["high"] = number(interval.upperBound)
        }
        if figure.isLowerBound { object["isLowerBound"] = true }
        if let of = figure.of { object["of"] = of }
        let repeats = figure.estimate.disagreeing
        if !repeats.isEmpty { object["disagreeingRepeats"] = repeats.map(number) }
        return object
    }

    /// JSON has no infinite numbers.
    private func number(_ value: Double) -> Any { value.isFinite ? value : NSNull() }
}
