import Names

// Words of values, which are short and have more spellings than names.
extension NearestName {
    /// The word that someone meant: the same letters otherwise written, another word for yes or no,
    /// or a near one that is long enough to be told.
    static func word(_ text: String, among words: [String]) -> String? {
        let wanted = bare(text)
        if let same = words.first(where: { bare($0) == wanted }) { return same }
        let isYes = ["yes", "on", "y", "t", "enabled"].contains(wanted)
        if isYes || ["no", "off", "n", "f", "disabled"].contains(wanted),
            words.contains("true") || words.contains("yes")
        {
            return (isYes ? ["true", "yes"] : ["false", "no"]).first(where: words.contains)
        }
        let letters = Array(text.lowercased().unicodeScalars.prefix(64))
        let near = words.map { ($0, distance(letters, Array($0.lowercased().unicodeScalars))) }.min { $0.1 < $1.1 }
        guard let near, letters.count >= 5, near.1 <= letters.count / 4 else { return nil }
        return near.0
    }

    /// A name without what people part words with.
    static func bare(_ name: String) -> String { name.lowercased().filter { !" .-_".contains($0) } }
}

extension [String] {
    /// The words in a row, with the one that was meant.
    func listed(with text: String) -> String {
        joined(separator: ", ") + (NearestName.word(text, among: self).map { " (did you mean '\($0)'?)" } ?? "")
    }
}
