//! The grammar of formulas.

use super::token::{Token, Tokens};
use super::{Formula, FormulaError, Function, MAX_DEPTH, MAX_LENGTH, Operation};

struct Parser<'a> {
    tokens: Tokens<'a>,
    token: Token,
    column: u32,
    depth: usize,
    formula: Formula,
}

pub(super) fn parse(text: &str) -> Result<Formula, FormulaError> {
    if text.len() > MAX_LENGTH {
        return Err(FormulaError { column: 1, message: format!("the formula is longer than {MAX_LENGTH} characters") });
    }
    let mut tokens = Tokens::new(text);
    let (token, column) = tokens.next()?;
    let formula = Formula { references: Vec::new(), operations: Vec::new() };
    let mut parser = Parser { tokens, token, column, depth: 0, formula };
    parser.sum()?;
    if parser.token != Token::End {
        return parser.unexpected("an operator");
    }
    if parser.formula.references.is_empty() {
        return Err(FormulaError { column: 1, message: "the formula reads no indicator".to_owned() });
    }
    Ok(parser.formula)
}

impl Parser<'_> {
    fn advance(&mut self) -> Result<(), FormulaError> {
        (self.token, self.column) = self.tokens.next()?;
        Ok(())
    }

    fn unexpected<T>(&self, wanted: &str) -> Result<T, FormulaError> {
        let message = match &self.token {
            Token::End => format!("the formula stops where {wanted} should stand"),
            Token::Number(value, _) => format!("the number {value} stands where {wanted} should"),
            Token::Reference(reference) => format!("\"{}\" stands where {wanted} should", reference.indicator),
            Token::Function(name) => format!("\"{name}(\" stands where {wanted} should"),
            Token::Sign(sign) => format!("\"{sign}\" stands where {wanted} should"),
        };
        Err(FormulaError { column: self.column, message })
    }

    fn emit(&mut self, operation: Operation, column: u32) {
        self.formula.operations.push((operation, column));
    }

    /// Runs one level deeper.
    fn deeper(&mut self, inner: fn(&mut Self) -> Result<(), FormulaError>) -> Result<(), FormulaError> {
        if self.depth == MAX_DEPTH {
            let message = format!("the formula is nested deeper than {MAX_DEPTH} levels");
            return Err(FormulaError { column: self.column, message });
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn sum(&mut self) -> Result<(), FormulaError> {
        self.product()?;
        loop {
            let (operation, column) = match self.token {
                Token::Sign('+') => (Operation::Add, self.column),
                Token::Sign('-') => (Operation::Subtract, self.column),
                _ => return Ok(()),
            };
            self.advance()?;
            self.product()?;
            self.emit(operation, column);
        }
    }

    fn product(&mut self) -> Result<(), FormulaError> {
        self.signed()?;
        loop {
            let (operation, column) = match self.token {
                Token::Sign('*') => (Operation::Multiply, self.column),
                Token::Sign('/') => (Operation::Divide, self.column),
                _ => return Ok(()),
            };
            self.advance()?;
            self.signed()?;
            self.emit(operation, column);
        }
    }

    fn signed(&mut self) -> Result<(), FormulaError> {
        let column = self.column;
        match self.token {
            Token::Sign('-') => {
                self.advance()?;
                self.deeper(Self::signed)?;
                self.emit(Operation::Negate, column);
                Ok(())
            }
            Token::Sign('+') => {
                self.advance()?;
                self.deeper(Self::signed)
            }
            _ => self.power(),
        }
    }

    fn power(&mut self) -> Result<(), FormulaError> {
        self.operand()?;
        if self.token == Token::Sign('^') {
            let column = self.column;
            self.advance()?;
            self.deeper(Self::signed)?;
            self.emit(Operation::Power, column);
        }
        Ok(())
    }

    fn operand(&mut self) -> Result<(), FormulaError> {
        let column = self.column;
        match std::mem::replace(&mut self.token, Token::End) {
            Token::Number(value, unit) => {
                self.advance()?;
                self.emit(Operation::Number(value, unit), column);
            }
            Token::Reference(reference) => {
                self.advance()?;
                let index = self.formula.reference(reference);
                self.emit(Operation::Reference(index), column);
            }
            Token::Sign('(') => {
                self.advance()?;
                self.deeper(Self::sum)?;
                self.close()?;
            }
            Token::Function(name) => {
                let Some(function) = Function::named(&name) else {
                    let message = format!("\"{name}\" is not a function; there are min, max, abs, sqrt, ln and exp");
                    return Err(FormulaError { column, message });
                };
                self.advance()?;
                self.advance()?;
                let mut arguments = 1;
                self.deeper(Self::sum)?;
                while self.token == Token::Sign(',') {
                    self.advance()?;
                    self.deeper(Self::sum)?;
                    arguments += 1;
                }
                self.close()?;
                if arguments > 1 && !matches!(function, Function::Min | Function::Max) {
                    let message = format!("{name} takes one argument, not {arguments}");
                    return Err(FormulaError { column, message });
                }
                self.emit(Operation::Call(function, arguments), column);
            }
            other => {
                self.token = other;
                return self.unexpected("a number, an indicator or \"(\"");
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), FormulaError> {
        if self.token != Token::Sign(')') {
            return self.unexpected("\")\"");
        }
        self.advance()
    }
}
