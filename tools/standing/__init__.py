"""Standing wishes: briefings that come by themselves and rules that warn; made, changed and stopped by proposals."""
