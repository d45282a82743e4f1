/// Writes a report as lines of text, its tables aligned and no wider than asked where that is
/// possible.
struct ConsoleRenderer {
    let width: Int
    /// What sentences are parted to; nil leaves each its line.
    var proseWidth: Int?
    let style: TextStyle

    private static let gap = 2

    func text(_ report: Report) -> String {
        var lines = report.heading.flatMap(prose)
        for section in report.sections {
            lines += [""] + prose(section.heading)
            for (place, table) in section.tables.enumerated() {
                if place > 0 { lines.append("") }
                if !table.caption.isEmpty { lines += prose(table.caption) }
                lines += self.lines(table)
            }
            if !section.notes.isEmpty { lines += [""] + section.notes.flatMap(prose) }
        }
        if let table = report.expectations { lines += [""] + prose(table.caption) + self.lines(table) }
        if let table = report.choices { lines += [""] + prose(table.caption) + self.lines(table) }
        if !report.legend.isEmpty { lines += [""] + report.legend.flatMap(prose) }
        lines += [""] + prose(report.verdictLine)
        if let path = report.path { lines += Self.resultLines(path, shellWord(path), proseWidth) }
        return lines.map { $0 + "\n" }.joined()
    }

    /// A sentence on as many lines as it takes.
    func prose(_ text: String) -> [String] {
        TextStyle.wrapped(style.clean(text), to: proseWidth, indent: 2)
    }

    /// Where the result is, on one line or two, but never with a path taken apart; ASCII may have
    /// no letters for it.
    private static func resultLines(_ path: String, _ word: String, _ width: Int?) -> [String] {
        let clean = TextStyle.unicode.clean
        let (file, command) = (clean("result: \(path)"), clean("to see it again: weir show \(word)"))
        let whole = "\(file) (\(command))"
        return width.map { TextStyle.width(whole) <= $0 } ?? true ? [whole] : [file, command]
    }

    /// A table in as many blocks as its width makes necessary, each with the axes in front.
    func lines(_ table: Table) -> [String] {
        let texts = table.rows.map { $0.map { style.clean($0.text) } }
        let widths = table.columns.indices.map { index in
            max(TextStyle.width(title(table.columns[index])), texts.map { TextStyle.width($0[index]) }.max() ?? 0)
        }
        return blocks(table, widths).enumerated().flatMap { place, columns in
            (place > 0 ? [""] : []) + block(table, columns, texts, widths)
        }
    }

    private func title(_ column: Column) -> String { style.clean(column.title) }

    /// Which columns go into which block; columns of a group stay together where a block is wide
    /// enough.
    private func blocks(_ table: Table, _ widths: [Int]) -> [[Int]] {
        let axes = Array(0..<table.axisCount)
        let axesWidth = axes.map { widths[$0] + Self.gap }.reduce(0, +)
        var blocks: [[Int]] = []
        var current: [Int] = []
        var used = axesWidth
        for part in parts(table, widths, room: width - axesWidth) {
            let partWidth = self.partWidth(part, table, widths)
            if !current.isEmpty && used + partWidth - Self.gap > width {
                blocks.append(axes + current)
                (current, used) = ([], axesWidth)
            }
            current += part
            used += partWidth
        }
        return blocks + [axes + current]
    }

    /// The columns' smallest units: a group, or a single column; a group that no block could hold
    /// is taken apart.
    private func parts(_ table: Table, _ widths: [Int], room: Int) -> [[Int]] {
        let groups = groups(Array(table.axisCount..<table.columns.count), table)
        return groups.flatMap { group in
            partWidth(group, table, widths) - Self.gap > room ? group.map { [$0] } : [group]
        }
    }

    /// Neighbours that share a group's name.
    private func groups(_ columns: [Int], _ table: Table) -> [[Int]] {
        var groups: [[Int]] = []
        for index in columns {
            let name = table.columns[index].group
            if !name.isEmpty, let last = groups.last?.last, table.columns[last].group == name {
                groups[groups.count - 1].append(index)
            } else {
                groups.append([index])
            }
        }
        return groups
    }

    private func partWidth(_ part: [Int], _ table: Table, _ widths: [Int]) -> Int {
        let columns = part.map { widths[$0] + Self.gap }.reduce(0, +)
        return max(columns, groupNameWidth(part, table, widths) + Self.gap)
    }

    /// What a group's name takes above its columns: itself, or its longest word where a block has
    /// no room for more.
    private func groupNameWidth(_ group: [Int], _ table: Table, _ widths: [Int]) -> Int {
        let name = style.clean(table.columns[group[0]].group)
        // Above a single column a name goes on in the next line.
        if group.count == 1 { return longestWord(name) }
        let axesWidth = (0..<table.axisCount).map { widths[$0] + Self.gap }.reduce(0, +)
        let whole = TextStyle.width(name)
        guard axesWidth + whole > width else { return whole }
        return longestWord(name)
    }

    private func longestWord(_ name: String) -> Int {
        name.split(separator: " ").map { TextStyle.width(String($0)) }.max() ?? 0
    }

    private func block(_ table: Table, _ columns: [Int], _ texts: [[String]], _ widths: [Int]) -> [String] {
        var widths = widths
        // A group's name that is longer than what stands below it widens its last column.
        for group in groups(columns, table) {
            let wanted = groupNameWidth(group, table, widths)
            let used = group.map { widths[$0] + Self.gap }.reduce(-Self.gap, +)
            widths[group[group.count - 1]] += max(0, wanted - used)
        }
        let titles = line(columns.map { (title(table.columns[$0]), widths[$0], table.columns[$0].isText) })
        let rows = texts.map { row in line(columns.map { (row[$0], widths[$0], table.columns[$0].isText) }) }
        return groupLines(table, columns, widths) + [titles] + rows
    }

    /// The groups' names above their columns, at the right as the figures are; no line without any.
    private func groupLines(_ table: Table, _ columns: [Int], _ widths: [Int]) -> [String] {
        let groups = groups(columns, table)
        let names = groups.map { group -> [String] in
            let width = group.map { widths[$0] + Self.gap }.reduce(-Self.gap, +)
            let lines = wrapped(style.clean(table.columns[group[0]].group), width)
            return lines.count == 1 && group.count > 1 ? [ruled(lines[0], width)] : lines
        }
        let height = names.map(\.count).max() ?? 0
        return (0..<height).map { row in
            line(
                zip(groups, names).map { group, lines in
                    let width = group.map { widths[$0] + Self.gap }.reduce(-Self.gap, +)
                    // A name with fewer lines stands at the bottom.
                    let place = row - (height - lines.count)
                    return (place < 0 ? "" : lines[place], width, table.columns[group[0]].isText)
                })
        }
    }

    /// A name word by word on lines of a width; no line for no name.
    private func wrapped(_ name: String, _ width: Int) -> [String] {
        var lines: [String] = []
        for word in name.split(separator: " ").map(String.init) {
            if let last = lines.last, TextStyle.width(last) + 1 + TextStyle.width(word) <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(word)
            }
        }
        return lines
    }

    /// A name in the middle of a line as long as the columns below it.
    private func ruled(_ name: String, _ width: Int) -> String {
        let room = width - TextStyle.width(name) - 2
        guard room >= 2 else { return name }
        let left = String(repeating: style.clean("─"), count: room / 2)
        return "\(left) \(name) \(left)\(room % 2 == 1 ? style.clean("─") : "")"
    }

    private func line(_ cells: [(text: String, width: Int, isLeft: Bool)]) -> String {
        let padded = cells.map { text, width, isLeft in
            let padding = String(repeating: " ", count: max(0, width - TextStyle.width(text)))
            return isLeft ? text + padding : padding + text
        }
        var line = padded.joined(separator: String(repeating: " ", count: Self.gap))
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }

    /// A path as a shell takes it for one word.
    private func shellWord(_ path: String) -> String {
        let isPlain = path.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || "0123456789-_./,:@%+=".unicodeScalars.contains($0)
        }
        return isPlain
            ? path : "'\(path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }
}

extension Entry {
    /// What people read.
    var text: String {
        switch self {
        case .text(let text): text
        case .count(let count): NumberText.grouped(count)
        case .figure(let figure): figure.text
        case .share(let part, let whole): "\(part) of \(whole)"
        case .offsets(let range): range.text
        case .baseline: "baseline"
        case .leftOut: NumberText.absent
        case .nothing: ""
        }
    }
}
