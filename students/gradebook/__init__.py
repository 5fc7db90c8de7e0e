"""What a school does with exams and marks: schedule, record, release, lock. Import the rooms, not names."""
