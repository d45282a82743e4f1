/// An axis while a matrix is expanded: its name and the nodes of its values.
struct AxisPlan {
    static let casePath = ["case"]

    var axis: Axis
    /// The values' nodes, as many as `axis.values`; none for the axis of cases.
    var nodes: [Node]

    /// The axes of an experiment's tree, named by the shortest endings of their paths that are
    /// unique.
    static func plan(cases: [String], tree: Node) -> [AxisPlan] {
        let paths = tree.eachPaths()
        var plans: [AxisPlan] = []
        if !cases.isEmpty { plans.append(AxisPlan(axis: Axis(name: "case", path: casePath, values: cases), nodes: [])) }
        for path in paths {
            let nodes = (tree.at(path)?.alternatives ?? []).filter { !$0.isInvalid }
            let axis = Axis(name: name(of: path, among: paths), path: path, values: nodes.map(\.summary))
            plans.append(AxisPlan(axis: axis, nodes: nodes))
        }
        return plans
    }

    private static func name(of path: [String], among paths: [[String]]) -> String {
        for length in 1...path.count {
            let ending = path.suffix(length)
            if paths.count(where: { $0.suffix(length) == ending }) == 1 { return ending.joined(separator: "/") }
        }
        return path.joined(separator: "/")
    }

    /// How many combinations there are, or nothing beyond what a number holds.
    static func cellCount(_ plans: [AxisPlan]) -> Int? {
        plans.reduce(Optional(1)) { count, plan in
            guard let (product, isTooLarge) = count?.multipliedReportingOverflow(by: plan.axis.values.count) else {
                return nil
            }
            return isTooLarge ? nil : product
        }
    }

    /// Every combination as indices of values, the last axis varying fastest.
    static func combinations(_ plans: [AxisPlan]) -> [[Int]] {
        plans.reduce([[]]) { combinations, plan in
            combinations.flatMap { combination in plan.axis.values.indices.map { combination + [$0] } }
        }
    }

    /// Where a value stands, as the indices of its axis and of itself.
    static func place(of value: AxisValue, in plans: [AxisPlan]) -> (axis: Int, value: Int)? {
        guard let axis = plans.firstIndex(where: { $0.axis.name == value.axis }) else { return nil }
        return plans[axis].axis.values.firstIndex(of: value.value).map { (axis, $0) }
    }
}
