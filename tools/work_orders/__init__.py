"""The work-order domain: cases from report to closing, their deadlines, and the ledger that remembers every step."""
