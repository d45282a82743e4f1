import KafkaClient
import Networking

extension Client {
    /// Makes a client, lends it to `body`, and closes it however that ends.
    ///
    /// It is closed at once when `loss` is reported, and `telling` is called before.
    static func use<Value>(
        _ configuration: ClientConfiguration, _ metrics: ClientMetrics, on loop: EventLoop, loss: TargetLoss,
        telling: @escaping @Sendable (EngineError) -> Void = { _ in }, _ body: (Client) async throws -> Value
    ) async throws -> Value {
        let client = Client(configuration: configuration, loop: loop, metrics: metrics)
        let watch = client.closing(on: loss, telling: telling)
        defer { loss.unwatch(watch) }
        do {
            let value = try await body(client)
            await client.close()
            return value
        } catch {
            await client.close()
            throw error
        }
    }

    /// Closes it when a target is lost, so that nothing waits on it any longer; until `unwatch`
    /// with the number returned.
    ///
    /// `body` is called before that, so that the loss is taken for the reason, and not the closed
    /// client.
    nonisolated func closing(
        on loss: TargetLoss, telling body: @escaping @Sendable (EngineError) -> Void = { _ in }
    ) -> Int {
        loss.watch { [weak self] error in
            body(error)
            guard let self else { return }
            Task(executorPreference: self.loop) { await self.close() }
        }
    }
}
