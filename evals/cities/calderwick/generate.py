"""Write calderwick_*.csv: both cities of this pair are made by one generator."""
import runpy
import sys
from pathlib import Path

sys.argv = [__file__, "calderwick"]
runpy.run_path(str(Path(__file__).parent.parent / "lanyu" / "generate.py"))
