import KafkaClient
import Networking

/// Runs `body` with a client on a loop of its own, both gone afterwards.
func withClient(of bootstrap: String, _ body: (Client) async throws -> Void) async throws {
    let loop = try EventLoop(name: "client")
    let client = Client(
        configuration: try ClientConfiguration(properties: ["bootstrap.servers": bootstrap]), loop: loop)
    let outcome: Result<Void, any Error>
    do {
        try await body(client)
        outcome = .success(())
    } catch {
        outcome = .failure(error)
    }
    await client.close()
    await loop.stop()
    try outcome.get()
}
