-- One row per hospital and department with patients present beyond their expected discharge or the department's usual time.
select
    overstay.hospital_id,
    hospital.hospital_name,
    overstay.department,
    count(*) as overstay_count,
    count(case when overstay.is_overdue then 1 end) as overdue_count,
    count(case when overstay.is_longer_than_usual then 1 end) as longer_than_usual_count,
    max(overstay.hours_present) as longest_hours
from gold.overstay as overstay
inner join gold.dim_hospital as hospital on hospital.hospital_id = overstay.hospital_id
group by overstay.hospital_id, hospital.hospital_name, overstay.department
