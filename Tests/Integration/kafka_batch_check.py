#!/usr/bin/env python3
"""Reads the hub's segment files with kafka-python, to prove that they are Kafka's record batches.

    pip install kafka-python
    Tests/Integration/kafka_batch_check.py HUB_DIRECTORY

For every partition it verifies each batch's checksum, that offsets have no gap, and that the broker's time is set and
never falls; it prints how many batches and records it read, and fails on the first thing that is wrong.
"""

import pathlib
import sys

from kafka.record.memory_records import MemoryRecords

LOG_APPEND_TIME = 1


def check_partition(directory):
    expected = None
    last_time = 0
    batches = records = 0
    for segment in sorted(directory.glob("*.log")):
        base = int(segment.stem)
        if expected is None:
            expected = base
        assert base == expected, f"{segment.name} should begin at offset {expected}"
        log = MemoryRecords(segment.read_bytes())
        while log.has_next():
            batch = log.next_batch()
            place = f"{segment.name}, offset {expected}"
            assert batch is not None, f"{place}: no batch"
            assert batch.magic == 2, f"{place}: not version 2"
            assert batch.validate_crc(), f"{place}: wrong checksum"
            assert batch.base_offset == expected, f"{place}: base offset {batch.base_offset}"
            assert batch.timestamp_type == LOG_APPEND_TIME, f"{place}: not the broker's time"
            assert batch.max_timestamp >= last_time, f"{place}: time falls"
            last_time = batch.max_timestamp
            batches += 1
            for record in batch:
                assert record.offset == expected, f"{place}: record has offset {record.offset}"
                assert record.timestamp == last_time, f"{place}: record has another time than its batch"
                assert record.value is not None, f"{place}: record without a value"
                expected += 1
                records += 1
    return batches, records


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    directories = sorted(pathlib.Path(sys.argv[1]).glob("partition-*"))
    if not directories:
        sys.exit(f"no partitions in {sys.argv[1]}")
    for directory in directories:
        batches, records = check_partition(directory)
        print(f"{directory.name}: {batches} batches, {records} records")


if __name__ == "__main__":
    main()
