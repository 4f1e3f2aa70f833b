use super::{CusumChart, CusumSetup, EwmaChart, EwmaSetup, StagedChart, cusum_chart, ewma_chart};
use crate::Error;

/// A chart with a memory of the points of another chart.
#[derive(Clone, Debug, PartialEq)]
pub struct MemoryChart<C> {
    /// Indices of the points that it is of: excluded points, and those without z, are passed over.
    pub indices: Vec<usize>,
    /// The chart, one value for each of these points; its indices count them, from 0.
    pub chart: C,
}

impl StagedChart {
    /// EWMA chart of the points in units of their own sigma: target 0, sigma 1. Areas may differ and
    /// stages may change the level, as each point is compared with its own centre. `None` without a
    /// point that has z.
    ///
    /// `lambda` and `width` are those of [`EwmaSetup`].
    /// # Errors
    /// [`Error::Parameter`].
    pub fn ewma(&self, lambda: f64, width: f64) -> Result<Option<MemoryChart<EwmaChart>>, Error> {
        let setup = EwmaSetup {
            lambda,
            width,
            target: 0.0,
            sigma: 1.0,
        };
        self.with_memory(|z| ewma_chart(z, &setup))
    }

    /// Tabular CUSUM of the points in units of their own sigma, as [`Self::ewma`].
    ///
    /// `k` and `h` are those of [`CusumSetup`]; sums go on after a signal.
    /// # Errors
    /// [`Error::Parameter`].
    pub fn cusum(&self, k: f64, h: f64) -> Result<Option<MemoryChart<CusumChart>>, Error> {
        let setup = CusumSetup {
            target: 0.0,
            sigma: 1.0,
            k,
            h,
            head_start: 0.0,
            is_reset_after_signal: false,
        };
        self.with_memory(|z| cusum_chart(z, &setup))
    }

    fn with_memory<C>(
        &self,
        chart: impl Fn(&[f64]) -> Result<C, Error>,
    ) -> Result<Option<MemoryChart<C>>, Error> {
        let points = self.points.iter().enumerate();
        let kept = points.filter(|(_, point)| point.excluded.is_none());
        let scored = kept.filter_map(|(index, point)| Some((index, point.judged.z?)));
        let (indices, z): (Vec<usize>, Vec<f64>) = scored.unzip();
        if z.is_empty() {
            return Ok(None);
        }
        let chart = chart(&z)?;
        Ok(Some(MemoryChart { indices, chart }))
    }
}
