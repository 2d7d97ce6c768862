//! Units of a formula: what fits together, the unit of the result, and the factors in between.

use super::{Formula, FormulaError, Function, Operation};
use umbel_core::Unit;
use umbel_core::unit::{Dimension, Factor};

/// A step of a program, with the factors that bring its operands to one unit.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Number(f64),
    Reference(usize),
    Negate,
    /// The factor brings the right operand to the unit of the left.
    Add(Change),
    Subtract(Change),
    Multiply,
    Divide,
    /// Factors of base and exponent.
    Power(Change, Change),
    /// Least or greatest, with the factor of each operand.
    Least(Vec<Change>),
    Greatest(Vec<Change>),
    Abs,
    /// The factor of the operand to the unit whose root is taken.
    Sqrt(Change),
    Ln(Change),
    Exp(Change),
}

/// A formula fitted to the units of what it reads.
#[derive(Clone, Debug)]
pub struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) references: usize,
    /// Unit of the result.
    pub unit: Unit,
}

/// Unit of an operand, and its value when that is fixed by the text.
struct Shape {
    unit: Unit,
    constant: Option<f64>,
    /// A bare 0: fits any unit.
    bare_zero: bool,
}

impl Shape {
    fn of(unit: Unit) -> Shape {
        Shape { unit, constant: None, bare_zero: false }
    }
}

fn fail<T>(column: u32, message: String) -> Result<T, FormulaError> {
    Err(FormulaError { column, message })
}

/// How a unit is called in a message.
fn called(unit: &Unit) -> String {
    if unit.text() == "1" { "a plain number".to_owned() } else { unit.text().to_owned() }
}

/// Brings an operand to another unit; `None` = it is there already.
pub(super) type Change = Option<Factor>;

fn factor_to(from: &Unit, to: &Unit, column: u32) -> Result<Change, FormulaError> {
    match from.factor(to) {
        Some(factor) => Ok((!factor.is_one()).then_some(factor)),
        None => fail(column, format!("the factor between {from} and {to} is too large to be exact")),
    }
}

pub(super) fn compile(formula: &Formula, units: &[Unit]) -> Result<Program, FormulaError> {
    let mut compiler = Compiler { stack: Vec::new(), steps: Vec::with_capacity(formula.operations.len()) };
    for (operation, column) in &formula.operations {
        compiler.operation(operation, units, *column)?;
    }
    let unit = compiler.pop().unit;
    Ok(Program { steps: compiler.steps, references: formula.references.len(), unit })
}

struct Compiler {
    stack: Vec<Shape>,
    steps: Vec<Step>,
}

impl Compiler {
    /// The grammar puts every operand before its operation, so the stack is never empty here; 1 stands in if it were.
    fn pop(&mut self) -> Shape {
        self.stack.pop().unwrap_or_else(|| Shape::of(Unit::one()))
    }

    fn operation(&mut self, operation: &Operation, units: &[Unit], column: u32) -> Result<(), FormulaError> {
        match operation {
            Operation::Number(value, unit) => {
                let bare_zero = *value == 0.0 && unit.is_none();
                let unit = unit.clone().unwrap_or_default();
                let constant = unit.is_dimensionless().then(|| unit.convert(*value, &Unit::one())).flatten();
                self.stack.push(Shape { unit, constant, bare_zero });
                self.steps.push(Step::Number(*value));
            }
            Operation::Reference(index) => {
                self.stack.push(Shape::of(units.get(*index).cloned().unwrap_or_default()));
                self.steps.push(Step::Reference(*index));
            }
            Operation::Negate => {
                let operand = self.pop();
                let constant = operand.constant.map(|value| -value);
                self.stack.push(Shape { constant, ..operand });
                self.steps.push(Step::Negate);
            }
            Operation::Add | Operation::Subtract => {
                let (right, left) = (self.pop(), self.pop());
                let words = match operation {
                    Operation::Add => ("adds", "and"),
                    _ => ("subtracts", "from"),
                };
                let constant = left.constant.zip(right.constant).map(|(l, r)| match operation {
                    Operation::Add => l + r,
                    _ => l - r,
                });
                let bare_zero = left.bare_zero && right.bare_zero;
                let (unit, factor) = if right.bare_zero || left.bare_zero {
                    let unit = if left.bare_zero { right.unit } else { left.unit };
                    (unit, None)
                } else if left.unit.same_dimension(&right.unit) {
                    let factor = factor_to(&right.unit, &left.unit, column)?;
                    (left.unit, factor)
                } else {
                    let (first, second) = match operation {
                        Operation::Add => (&left.unit, &right.unit),
                        _ => (&right.unit, &left.unit),
                    };
                    return fail(column, format!("{} {} {} {}", words.0, called(first), words.1, called(second)));
                };
                self.stack.push(Shape { unit, constant, bare_zero });
                self.steps.push(match operation {
                    Operation::Add => Step::Add(factor),
                    _ => Step::Subtract(factor),
                });
            }
            Operation::Multiply | Operation::Divide => {
                let (right, left) = (self.pop(), self.pop());
                let (unit, constant, step) = match operation {
                    Operation::Multiply => (
                        left.unit.times(&right.unit),
                        left.constant.zip(right.constant).map(|(l, r)| l * r),
                        Step::Multiply,
                    ),
                    _ => (
                        left.unit.per(&right.unit),
                        left.constant.zip(right.constant).map(|(l, r)| l / r),
                        Step::Divide,
                    ),
                };
                let unit = unit.or_else(|error| fail(column, error.to_string()))?;
                self.stack.push(Shape { unit, constant, bare_zero: false });
                self.steps.push(step);
            }
            Operation::Power => self.power(column)?,
            Operation::Call(function, arguments) => self.call(*function, *arguments, column)?,
        }
        Ok(())
    }

    fn power(&mut self, column: u32) -> Result<(), FormulaError> {
        let (exponent, base) = (self.pop(), self.pop());
        if !exponent.unit.is_dimensionless() {
            return fail(column, format!("raises to the power of {}; an exponent has no unit", called(&exponent.unit)));
        }
        let exponent_factor = factor_to(&exponent.unit, &Unit::one(), column)?;
        let (unit, base_factor) = if base.unit.is_dimensionless() {
            let factor = factor_to(&base.unit, &Unit::one(), column)?;
            (Unit::one(), factor)
        } else {
            let whole = exponent.constant.filter(|e| e.fract() == 0.0 && (-16.0..=16.0).contains(e));
            let Some(whole) = whole else {
                let message = format!(
                    "raises {} to a power that is not a whole number written in the formula (-16 to 16)",
                    called(&base.unit)
                );
                return fail(column, message);
            };
            let unit = base.unit.power(whole as i8).or_else(|error| fail(column, error.to_string()))?;
            (unit, None)
        };
        let constant = base.constant.zip(exponent.constant).map(|(b, e)| b.powf(e));
        self.stack.push(Shape { unit, constant, bare_zero: false });
        self.steps.push(Step::Power(base_factor, exponent_factor));
        Ok(())
    }

    fn call(&mut self, function: Function, arguments: usize, column: u32) -> Result<(), FormulaError> {
        if matches!(function, Function::Min | Function::Max) {
            return self.extreme(function, arguments, column);
        }
        let operand = self.pop();
        let plain = |unit: &Unit| {
            if unit.is_dimensionless() {
                factor_to(unit, &Unit::one(), column)
            } else {
                fail(column, format!("takes {} of {}, which has a unit", function.name(), called(unit)))
            }
        };
        let (unit, step) = match function {
            Function::Ln => (Unit::one(), Step::Ln(plain(&operand.unit)?)),
            Function::Exp => (Unit::one(), Step::Exp(plain(&operand.unit)?)),
            Function::Sqrt => {
                let root = root(&operand.unit).map_or_else(
                    || fail(column, format!("takes the square root of {}, whose dimension is no square", operand.unit)),
                    Ok,
                )?;
                let square = root.power(2).or_else(|error| fail(column, error.to_string()))?;
                (root, Step::Sqrt(factor_to(&operand.unit, &square, column)?))
            }
            _ => (operand.unit, Step::Abs),
        };
        self.stack.push(Shape::of(unit));
        self.steps.push(step);
        Ok(())
    }

    fn extreme(&mut self, function: Function, arguments: usize, column: u32) -> Result<(), FormulaError> {
        let operands = self.stack.split_off(self.stack.len().saturating_sub(arguments));
        let unit = operands.iter().find(|shape| !shape.bare_zero).map(|shape| shape.unit.clone()).unwrap_or_default();
        let mut factors = Vec::with_capacity(operands.len());
        for operand in &operands {
            factors.push(if operand.bare_zero {
                None
            } else if operand.unit.same_dimension(&unit) {
                factor_to(&operand.unit, &unit, column)?
            } else {
                let which = if function == Function::Min { "smaller" } else { "larger" };
                let (a, b) = (called(&unit), called(&operand.unit));
                return fail(column, format!("takes the {which} of {a} and {b}"));
            });
        }
        self.stack.push(Shape::of(unit));
        self.steps.push(if function == Function::Min { Step::Least(factors) } else { Step::Greatest(factors) });
        Ok(())
    }
}

/// The unit whose square has the dimension of `unit`; its scale is 1 against the base units.
fn root(unit: &Unit) -> Option<Unit> {
    let mut root = Unit::one();
    for (dimension, exponent) in unit.dimensions() {
        if exponent % 2 != 0 {
            return None;
        }
        let base = match dimension {
            Dimension::Metre => Unit::parse("m"),
            Dimension::Gram => Unit::parse("g"),
            Dimension::Second => Unit::parse("s"),
            Dimension::Coulomb => Unit::parse("C"),
            Dimension::Kelvin => Unit::parse("K"),
            Dimension::Celsius => Unit::parse("Cel"),
            Dimension::Candela => Unit::parse("cd"),
            Dimension::Radian => Unit::parse("rad"),
            Dimension::Bit => Unit::parse("bit"),
            Dimension::Annotation(name) => Unit::parse(&format!("{{{name}}}")),
        };
        root = root.times(&base.ok()?.power(exponent / 2).ok()?).ok()?;
    }
    Some(root)
}
