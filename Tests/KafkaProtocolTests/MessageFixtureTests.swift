import KafkaProtocol
import Testing

@Suite struct MessageFixtureTests {
    /// librdkafka 2.16.1 asks for all topics with three bytes behind the last field; Kafka answers
    /// it all the same.
    private static let metadataRequestWithBytesLeftOver = ("frames", 414)

    @Test(arguments: Api.all.map(\.key))
    func framesOfOthersAreReadToTheLastByteAndWrittenBack(apiKey: ApiKey) throws {
        for fixture in FrameFixture.all where fixture.apiKey == apiKey {
            let (leftOver, encoded) = try MessageKind.roundTrip(fixture)
            if (fixture.file, fixture.number) == Self.metadataRequestWithBytesLeftOver {
                #expect(leftOver == 3)
                #expect(encoded == fixture.bytes.dropLast(3))
            } else {
                #expect(leftOver == 0, "\(fixture)")
                #expect(encoded == fixture.bytes, "\(fixture)")
            }
        }
    }

    @Test func everyVersionOccursInBothDirections() {
        for api in Api.all {
            let fixtures = FrameFixture.all.filter { $0.apiKey == api.key }
            for direction in [true, false] {
                let versions = Set(fixtures.filter { $0.isRequest == direction }.map(\.version))
                #expect(versions == Set(api.versions), "\(api.name) \(direction ? "requests" : "responses")")
            }
        }
    }

    @Test func everyApiHasARequest() {
        #expect(MessageKind.requests.map { $0.apiKey } == Api.all.map(\.key))
    }

    @Test func recordedFramesCoverWhatIsPromised() {
        #expect(FrameFixture.recorded.count == 1151)
        #expect(FrameFixture.recorded.filter { $0.apiKey.api != nil }.count > 700)
    }
}
