"""Who likely had a text from whom, among what is held: passages, dates, credits; pure rooms, and none says «first»."""
