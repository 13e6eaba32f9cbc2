"""What is kept, and how it is found again; knows no outlet, no crawler, no orchestration."""
