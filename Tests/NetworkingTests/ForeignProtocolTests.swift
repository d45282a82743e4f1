import Testing

@testable import Networking

@Suite struct ForeignProtocolTests {
    @Test(
        arguments: [
            ([0x16, 3, 1, 2, 0], ForeignProtocol.tls), ([0x15, 3, 3, 0, 2, 2, 80], .tls),
            (Array("GET / HTTP/1.1\r\n".utf8), .http("GET / HTTP/1.1")), (Array("HTTP".utf8), .http("HTTP")),
            (Array("SSH-2.0-x\r\n".utf8), .text("SSH-2.0-x")), ([0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 3], .http2),
            ([0x4a, 0, 0, 0, 10], .mySQL),
        ] as [([UInt8], ForeignProtocol)]) func aBeginningIsRecognized(_ bytes: [UInt8], _ foreign: ForeignProtocol)
    {
        #expect(ForeignProtocol(bytes) == foreign)
    }

    /// The last is an answer to ApiVersions whose length looks like that of an HTTP/2 frame.
    @Test(
        arguments: [
            [], [0, 0], [0, 0, 1, 0x2c, 0, 0, 0, 0, 0, 0, 0x3e], [0x7f, 0xff, 0xff, 0xff],
            [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 0x3e, 0, 0],
        ] as [[UInt8]]) func aFrameIsNot(_ bytes: [UInt8])
    {
        #expect(ForeignProtocol(bytes) == nil)
    }

    @Test func aLongLineIsCut() {
        let text = ForeignProtocol([UInt8](repeating: UInt8(ascii: "a"), count: 200)).map(\.words)
        #expect(text?.count == "the peer speaks in text: ''".count + 60)
    }
}
