internal import DuckDB
internal import Journeys

/// Reads the small dimensions that facts look up.
enum DimensionReader {
  static func read(_ connection: Connection) throws -> (dimensions: FlowDimensions, zones: [Int32: String]) {
    var dimensions = FlowDimensions()
    var zones: [Int32: String] = [:]
    let hospitals = try connection.prepare(
      """
      select hospital.hospital_id, hospital.time_zone, pf_key(hospital.time_zone) - pf_key(hospital.time_zone) % 16777216,
        hospital.presume_discharge, unmapped.department_key
      from gold.dim_hospital as hospital
      left join gold.dim_department as unmapped on unmapped.hospital_id = hospital.hospital_id and not unmapped.is_mapped
      """)
    try hospitals.forEachChunk { chunk in
      for row in 0..<chunk.count {
        let hospital = chunk.int32(0, row)
        zones[hospital] = chunk.text(1, row)
        dimensions.hospitals[hospital] = .init(
          zoneKey: chunk.int64(2, row), presumesDischarge: chunk.bool(3, row), unmappedKey: chunk.optionalInt64(4, row))
      }
    }
    let departments = try connection.prepare(
      "select hospital_id, department_key, department, effective_from, effective_to from gold.dim_department where is_mapped")
    try departments.forEachChunk { chunk in
      for row in 0..<chunk.count {
        let name = chunk.text(2, row)
        dimensions.hospitals[chunk.int32(0, row)]?.departments[LetterCase.lower(name), default: []].append(
          .init(key: chunk.int64(1, row), name: name, effectiveFrom: chunk.int64(3, row), effectiveTo: chunk.int64(4, row)))
      }
    }
    return (dimensions, zones)
  }
}
