"""How dates are written in languages in which the forms that pages ask for would read oddly."""
