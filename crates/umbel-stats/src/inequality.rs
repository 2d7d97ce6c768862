//! Inequality: how unevenly something is spread over places and people.
