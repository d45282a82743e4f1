import KafkaProtocol

extension BrokerCore {
    /// DeleteGroups 0–2: a group without members goes, with all that it committed.
    func deleteGroups(_ request: DeleteGroupsRequest, _ exchange: Exchange) {
        var seen: Set<String> = []
        let names = request.groupsNames.filter { seen.insert($0).inserted }
        let found = names.filter { offsets.store.groups[$0] != nil || groups.classic[$0] != nil }
        let empty = found.filter { groups.classic[$0]?.state ?? .empty == .empty }
        var failure: ErrorCode?
        do throws(StorageError) {
            try offsets.delete(groups: empty.filter { offsets.store.groups[$0] != nil })
            try groups.forget(empty)
        } catch {
            log("\(error)")
            failure = .kafkaStorageError
        }
        let (known, deleted) = (Set(found), Set(empty))
        var response = DeleteGroupsResponse()
        response.results = names.map { name in
            var result = DeleteGroupsResponse.DeletableGroupResult()
            result.groupId = name
            result.errorCode =
                deleted.contains(name)
                ? failure ?? .none : known.contains(name) ? .nonEmptyGroup : .groupIdNotFound
            return result
        }
        exchange.respond(response)
    }
}
