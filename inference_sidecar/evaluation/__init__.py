"""How right the assessment is: labelled answers and the gate that they hold."""
