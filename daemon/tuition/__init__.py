"""Teaching as jobs that outlive the page: what is asked, who does it, what a run's folder shows of it."""
