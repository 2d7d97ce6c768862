//! Series of one place over the periods of a panel.

/// The figures that are there, when they are (counted from the first period of all) and at which positions.
pub fn series(values: &[Option<f64>], times: &[f64]) -> (Vec<f64>, Vec<f64>, Vec<usize>) {
    let first = times.first().copied().unwrap_or(0.0);
    let (mut there, mut when, mut at) = (Vec::new(), Vec::new(), Vec::new());
    for (position, (value, time)) in values.iter().zip(times).enumerate() {
        if let Some(value) = value {
            there.push(*value);
            when.push(time - first);
            at.push(position);
        }
    }
    (there, when, at)
}

/// Evenly spaced periods as steps from the first, gaps left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps(Vec<u32>);

impl Steps {
    /// The steps of ascending times, when all are whole numbers of the smallest gap apart.
    pub fn of_times(times: &[f64]) -> Option<Steps> {
        let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
        let gap = gaps.fold(f64::INFINITY, f64::min);
        if gap <= 0.0 {
            return None;
        }
        let step = |time: &f64| {
            let step = if gap.is_finite() { (time - times[0]) / gap } else { 0.0 };
            // Months are not quite a twelfth of a year apart.
            ((step - step.round()).abs() < 0.2 && step < 4e9).then_some(step.round() as u32)
        };
        let steps: Option<Vec<u32>> = times.iter().map(step).collect();
        steps.filter(|steps| steps.windows(2).all(|pair| pair[0] < pair[1])).map(Steps)
    }

    /// The steps at some positions.
    pub fn of(&self, at: &[usize]) -> Vec<u32> {
        at.iter().filter_map(|&at| self.0.get(at).copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_counted() {
        let steps = Steps::of_times(&[2000.0, 2001.0, 2004.0]).expect("steps");
        assert_eq!(steps.of(&[0, 2]), [0, 4]);
        let months: Vec<f64> = (0..24).map(|month| 1999.0 + f64::from(month) / 12.0).collect();
        assert_eq!(Steps::of_times(&months).expect("steps").of(&[23]), [23]);
        assert_eq!(Steps::of_times(&[2000.0, 2001.0, 2002.5]), None);
        assert_eq!(Steps::of_times(&[2000.0, 2000.0]), None);
        assert_eq!(series(&[None, Some(3.0)], &[1990.0, 1995.0]), (vec![3.0], vec![5.0], vec![1]));
    }
}
