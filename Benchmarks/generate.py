"""Stay records as the well-known simulator sends them, from a seed: generate.py FILE COUNT."""
import datetime, json, random, sys

DEPARTMENTS = ["Emergency", "Surgery", "ICU", "Pediatrics", "Maternity", "Oncology", "Cardiology"]


def main():
    path, count = sys.argv[1], int(sys.argv[2])
    chance, base = random.Random(7), datetime.datetime(2024, 1, 1)
    patients = [f"{chance.getrandbits(128):032x}" for _ in range(max(1, count // 4))]
    genders, ages = [chance.choice(("Male", "Female")) for _ in patients], [chance.randint(1, 100) for _ in patients]
    with open(path + ".new", "w") as file:
        for _ in range(count):
            number = chance.randrange(len(patients))
            admission = base + datetime.timedelta(seconds=chance.randrange(365 * 86400))
            discharge = (admission + datetime.timedelta(hours=chance.randint(1, 240))).isoformat()
            age, admitted, dice = ages[number], admission.isoformat(), chance.random()
            if dice < 0.05:
                age = chance.randint(101, 150)
            elif dice < 0.10:
                admitted = (datetime.datetime(2035, 1, 1) + datetime.timedelta(hours=chance.randint(1, 72))).isoformat()
            elif dice < 0.11:
                admitted = None
            if chance.random() < 0.1:
                discharge = "2035-01-01T00:00:00"
            file.write(json.dumps({
                "patient_id": patients[number], "gender": genders[number], "age": age, "department": chance.choice(DEPARTMENTS),
                "admission_time": admitted, "discharge_time": discharge, "bed_id": chance.randint(1, 500), "hospital_id": chance.randint(1, 7)}) + "\n")
    import os
    os.rename(path + ".new", path)


main()
