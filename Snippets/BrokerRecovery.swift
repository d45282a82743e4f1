// Recovery from a lost broker while producing and consuming: kill it and start it again on the same
// port and data, as often as you like. Enter, or the end of the input, ends the run, which then
// counts what became of every record.
//
// Neither producer nor consumer has to be stopped, started or made anew for it: both find the
// broker again by themselves.

import Foundation
import KafkaClient
import Networking
import Synchronization

/// What became of the records, each of which has a number for its value.
struct Books {
    var nextNumber = 0
    var acknowledged: Set<Int> = []
    var clientRepeatCount = 0
    var sentAgainCount = 0
    var reportedCount = 0
    var consumed: Set<Int> = []
    var duplicateCount = 0
}

let books = Mutex(Books())
let arguments = Array(CommandLine.arguments.dropFirst())
guard (2...3).contains(arguments.count) else {
    fail("usage: BrokerRecovery HOST:PORT[,HOST:PORT…] TOPIC [DELIVERY_TIMEOUT_MS]", status: 2)
}

do {
    let topic = arguments[1]
    let loop = try EventLoop(name: "client")
    let configuration = try ClientConfiguration(properties: ["bootstrap.servers": arguments[0]])
    let client = Client(configuration: configuration, loop: loop)

    // acks=all and idempotence are the defaults: what is acknowledged is stored, and what the
    // producer sends again because an acknowledgement was lost is stored once. It goes on until the
    // delivery timeout, two minutes unless said otherwise.
    var options: [String: String] = [:]
    if arguments.count > 2 {
        options["delivery.timeout.ms"] = arguments[2]
        // One request must fit in, and so must the few milliseconds that a record waits for others.
        options["request.timeout.ms"] = "\((Int(arguments[2]) ?? 0) / 2)"
    }
    let producer = Producer(client: client, configuration: try ProducerConfiguration(properties: options)) { delivery in
        if delivery.attempts > 1 { books.withLock { $0.clientRepeatCount += delivery.recordCount } }
    }
    // By default it starts at the end of the log, before anything is sent.
    let consumer = Consumer(client: client, configuration: ConsumerConfiguration(), assignment: .topics([topic]))
    let partitions = try await consumer.start().offsets.keys.sorted()

    let producing = Task(executorPreference: loop) {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { await produce(to: topic, with: producer) } }
        }
    }
    let consuming = Task(executorPreference: loop) {
        while !Task.isCancelled { note(try await consumer.poll(timeoutMs: 100)) }
    }
    tell("producing and consuming; press Enter to end")
    _ = readLine()

    producing.cancel()
    await producing.value
    _ = await producer.close()
    consuming.cancel()
    try await consuming.value
    // Everything that was ever stored lies before these ends.
    let ends = try await Admin(client: client).listOffsets(partitions, at: .latest)
    while await consumer.positions().contains(where: { $0.value < ends[$0.key, default: 0] }) {
        note(try await consumer.poll(timeoutMs: 100))
    }
    await consumer.stop()
    await client.close()
    await loop.stop()
} catch let error as ConfigurationError {
    fail("BrokerRecovery: \(error)", status: 2)
} catch {
    fail("BrokerRecovery: \(error)", status: 1)
}

let result = books.withLock { $0 }
let lostCount = result.acknowledged.subtracting(result.consumed).count
tell("acknowledged \(result.acknowledged.count)")
tell("sent again by the client \(result.clientRepeatCount)")
tell("failed and sent again \(result.sentAgainCount)")
tell("failed and reported \(result.reportedCount)")
tell("consumed \(result.consumed.count)")
tell("lost \(lostCount)")
tell("duplicates \(result.duplicateCount)")
if lostCount > 0 { exit(1) }

/// Sends records one after the other, until the task is cancelled.
func produce(to topic: String, with producer: Producer) async {
    while !Task.isCancelled {
        let number = books.withLock { books in
            books.nextNumber += 1
            return books.nextNumber
        }
        await deliver(number, to: topic, with: producer)
    }
}

/// Sends a record until it is stored, or until that is hopeless or the run ends, which is reported.
func deliver(_ number: Int, to topic: String, with producer: Producer) async {
    let record = ProducerRecord(topic: topic, value: Array("\(number)".utf8))
    while true {
        do {
            _ = try await producer.send(record)
            return noteAcknowledged(number)
        } catch {
            // The broker was away for longer than the producer tries. The record may be stored
            // nonetheless, if only its acknowledgement was lost: sent again it may be there twice,
            // not sent again it may be missing.
            let isSentAgain = mayHelpToSendAgain(error) && !Task.isCancelled
            books.withLock { if isSentAgain { $0.sentAgainCount += 1 } else { $0.reportedCount += 1 } }
            tell("failed, \(isSentAgain ? "sending again" : "not sent again"): \(number): \(error)")
            guard isSentAgain else { return }
        }
    }
}

/// Records that the broker refuses, as too large or not allowed, it would refuse again.
func mayHelpToSendAgain(_ error: ClientError) -> Bool {
    switch error.code {
    case .deliveryTimedOut, .bufferFull: true
    default: error.isRetriable
    }
}

func noteAcknowledged(_ number: Int) {
    let (acknowledgedCount, consumedCount) = books.withLock { books in
        books.acknowledged.insert(number)
        return (books.acknowledged.count, books.consumed.count)
    }
    guard acknowledgedCount.isMultiple(of: 100) else { return }
    tell("so far acknowledged \(acknowledgedCount), consumed \(consumedCount)")
}

func note(_ records: [ConsumerRecord]) {
    books.withLock { books in
        for record in records {
            guard let number = Int(String(decoding: record.value ?? [], as: UTF8.self)) else { continue }
            if !books.consumed.insert(number).inserted { books.duplicateCount += 1 }
        }
    }
}

/// Prints at once, also into a pipe, where `print` would gather lines.
func tell(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
}

func fail(_ text: String, status: Int32) -> Never {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
    exit(status)
}
