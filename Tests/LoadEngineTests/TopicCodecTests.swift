import Testing

@testable import LoadEngine

@Suite struct TopicCodecTests {
    @Test(arguments: [
        ("producer", "lz4", "lz4"), ("producer", "none", "none"), ("zstd", "none", "zstd"), ("zstd", "lz4", "zstd"),
        ("uncompressed", "lz4", "none"), ("gzip", "gzip", "gzip"),
    ])
    func theTopicsOwnCodecGoesBeforeTheProducers(setting: String, producers: String, stored: String) {
        #expect(TopicCodec(setting: setting).stored(producers) == stored)
    }

    @Test func whatNobodySaysIsHeldAgainstNothing() { #expect(TopicCodec.unknown.stored("lz4") == nil) }
}
