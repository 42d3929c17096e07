"""What exact analysis is checked against: pairs of programs, and two ways to compare them that share no code with it.

``pairs`` draws programs and their edited twins, ``brute`` enumerates actions and says what the design says about a pair,
``z3_oracle`` translates programs to z3. None of them is fast; all of them are meant to be obviously right.
"""
