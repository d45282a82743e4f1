import Bytes
import Glibc
import KafkaProtocol

/// A broker's data directory: locked for as long as this lives, with the cluster's id in
/// `meta.properties` as Kafka keeps it.
final class DataDirectory {
    let path: String
    let clusterId: String
    private var lockDescriptor: Int32

    /// Makes the directory if need be, locks it, and reads or writes who it belongs to.
    init(path: String, nodeId: Int32) throws(StorageError) {
        self.path = path
        try Files.makeDirectories(path)
        lockDescriptor = try Self.lock(path)
        do throws(StorageError) {
            clusterId = try Self.readOrMakeClusterId(path, nodeId: nodeId)
        } catch {
            close(lockDescriptor)
            throw error
        }
    }

    deinit { unlock() }

    /// Lets another broker have the directory.
    func unlock() {
        if lockDescriptor >= 0 { close(lockDescriptor) }
        lockDescriptor = -1
    }

    var topicsJournal: String { path + "/topics.journal" }
    var offsetsJournal: String { path + "/offsets.journal" }
    var groupsJournal: String { path + "/groups.journal" }

    /// The directory of one partition, named as Kafka names it.
    func partition(_ topic: String, _ index: Int32) -> String { "\(path)/\(topic)-\(index)" }

    private static func lock(_ directory: String) throws(StorageError) -> Int32 {
        let path = directory + "/.lock"
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StorageError(errno: errno, operation: "open", path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            close(descriptor)
            if number == EWOULDBLOCK { throw StorageError(.locked, operation: "lock", path: directory) }
            throw StorageError(errno: number, operation: "lock", path: path)
        }
        return descriptor
    }

    private static func readOrMakeClusterId(_ directory: String, nodeId: Int32) throws(StorageError) -> String {
        let path = directory + "/meta.properties"
        if let content = try Files.read(path, byteCountMax: 64 << 10) {
            let text = unsafe content.bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
            for line in text.split(separator: "\n") where line.hasPrefix("cluster.id=") {
                return String(line.dropFirst("cluster.id=".count))
            }
            throw StorageError(
                .corrupt("no cluster.id", byteOffset: content.count), operation: "read", path: path)
        }
        let clusterId = KafkaUUID.random().description
        let content = ByteBuffer(capacity: 256)
        var text = "version=1\ncluster.id=\(clusterId)\nnode.id=\(nodeId)\n"
        text.withUTF8 { unsafe content.append($0.span.bytes) }
        try Files.replace(path, with: content)
        return clusterId
    }
}
