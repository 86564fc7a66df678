"""Pure rules of annotation: spans, labels, values, corpora. Standard library only."""
