import KafkaProtocol

extension BrokerCore {
    /// DeleteGroups 0–2: none of the groups here has members, so each that is there goes, with all
    /// that it committed.
    func deleteGroups(_ request: DeleteGroupsRequest, _ exchange: Exchange) {
        var seen: Set<String> = []
        let names = request.groupsNames.filter { seen.insert($0).inserted }
        let found = names.filter { offsets.store.groups[$0] != nil }
        var failure: ErrorCode?
        do throws(StorageError) {
            try offsets.delete(groups: found)
        } catch {
            log("\(error)")
            failure = .kafkaStorageError
        }
        let deleted = Set(found)
        var response = DeleteGroupsResponse()
        response.results = names.map { name in
            var result = DeleteGroupsResponse.DeletableGroupResult()
            result.groupId = name
            result.errorCode = deleted.contains(name) ? failure ?? .none : .groupIdNotFound
            return result
        }
        exchange.respond(response)
    }
}
