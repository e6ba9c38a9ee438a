"""What the learner remembers: the review log, the scheduler, the queue, the statistics."""
