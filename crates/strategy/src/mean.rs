//! Mean and spread of numbers that come one by one.

/// Numbers seen so far (B. P. Welford, "Note on a method for calculating corrected sums of squares and products", 1962).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mean {
    pub(crate) count: u32,
    pub(crate) mean: f64,
    /// Sum of squared differences from the mean.
    squares: f64,
}

impl Mean {
    pub(crate) fn add(&mut self, number: f64) {
        let before = number - self.mean;
        self.count += 1;
        self.mean += before / f64::from(self.count);
        self.squares += before * (number - self.mean);
    }

    /// Squared standard error of the mean; of two numbers at least.
    pub(crate) fn error(&self) -> f64 {
        self.variance() / f64::from(self.count)
    }

    /// Variance of the numbers; of two at least.
    pub(crate) fn variance(&self) -> f64 {
        self.squares / (f64::from(self.count) - 1.0)
    }
}
