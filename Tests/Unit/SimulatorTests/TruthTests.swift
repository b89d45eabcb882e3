import Foundation
import Hospital
import Simulator
import Testing

@Suite("Truth")
struct TruthTests {
  @Test("The census at the end is what came in less what went out, in every department", arguments: SimulationShape.allCases)
  func isConserved(shape: SimulationShape) throws {
    let truth = try #require(
      try TestNetwork.run(days: 10) {
        $0.shape = shape
        $0.dirt = DirtRates(all: 0.01)
        $0.collectsTruth = true
      }.truth)
    for total in truth.departments {
      let hours = truth.hours.filter { $0.hospital == total.hospital && $0.department == total.department }
      let came = hours.reduce(0) { $0 + $1.admissions + $1.transfersIn }
      let went = hours.reduce(0) { $0 + $1.discharges + $1.transfersOut }
      #expect(total.census == came - went)
      #expect(total.visits == came && total.completed == went)
    }
    #expect(truth.hours.reduce(0) { $0 + $1.transfersIn } == truth.hours.reduce(0) { $0 + $1.transfersOut })
    #expect(truth.visits.count { $0.isFirst } == truth.encounters)
  }

  @Test("When all is told and nothing is wrong, the truth's census is who really lies in the beds", arguments: SimulationShape.allCases)
  func isReality(shape: SimulationShape) throws {
    var simulation = try HospitalSimulation(
      configuration: TestNetwork.configuration {
        $0.shape = shape
        $0.collectsTruth = true
      })
    simulation.skip(through: TestNetwork.after(days: 9))
    _ = simulation.drain()
    let truth = try #require(simulation.truth())
    for (position, hospital) in TestNetwork.seven.hospitals.enumerated() {
      for (index, department) in hospital.departments.enumerated() {
        let told = truth.departments.first { $0.hospital == hospital.id && $0.department == department.name }?.census ?? 0
        #expect(told == simulation.census(hospital: position, department: index))
      }
    }
  }

  @Test("The truth survives being written and read, and its keys are in snake case")
  func isCodable() throws {
    let truth = try #require(
      try TestNetwork.run(days: 2) {
        $0.dirt = DirtRates(all: 0.01)
        $0.collectsTruth = true
      }.truth)
    let data = try JSONEncoder().encode(truth)
    #expect(try JSONDecoder().decode(SimulationTruth.self, from: data) == truth)
    let text = String(decoding: data, as: UTF8.self)
    #expect(text.contains("\"length_of_stay_seconds\"") && text.contains("\"transfers_in\""))
  }

  @Test("There is no truth unless it is asked for")
  func isOptional() throws {
    #expect(try TestNetwork.run(days: 1).truth == nil)
  }
}
