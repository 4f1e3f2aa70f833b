use std::collections::{BTreeMap, HashMap};

use crate::{
    Error,
    error::{expect_parameter, expect_positive, is_usable},
};

/// Clusters of points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clusters {
    /// Number of clusters; they are numbered from 0, by the smallest index of their core points.
    pub count: usize,
    /// Cluster of each point, in the order given; `None` for noise.
    pub labels: Vec<Option<usize>>,
    /// Whether each point is a core point: enough neighbours, itself among them.
    pub is_core: Vec<bool>,
    /// Points at the border of several clusters, with all of those, ascending: they belong to the
    /// first, but might as well belong to the others.
    pub ambiguous: BTreeMap<usize, Vec<usize>>,
}

/// DBSCAN: clusters of any shape where points lie densely, the rest is noise.
///
/// A point is a core point when at least `min_points` points, itself included, lie within `reach`
/// (a distance of exactly `reach` counts). Core points within reach of each other are in one
/// cluster; other points within reach of a core point are at its border. `points` are x and y, in
/// mm as `reach`, or in any one unit. A grid of cells finds the neighbours, so time grows with the
/// number of points and of neighbours, also where all points lie in one place.
/// # Errors
/// [`Error::NotFinite`] with the index of the point, [`Error::Parameter`] for a reach not above 0
/// or `min_points` of 0.
/// # Source
/// M. Ester, H.-P. Kriegel, J. Sander, X. Xu, KDD-96 (1996); E. Schubert et al., ACM Transactions
/// on Database Systems 42 (2017).
/// # Example
/// ```
/// let points = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (9.0, 9.0)];
/// let found = analytics::spatial::dbscan(&points, 1.0, 3)?;
/// assert_eq!(found.labels, [Some(0), Some(0), Some(0), None]);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn dbscan(points: &[(f64, f64)], reach: f64, min_points: usize) -> Result<Clusters, Error> {
    expect_positive("reach", reach)?;
    let least = min_points as f64;
    expect_parameter(min_points >= 1, "min_points", least, "at least 1")?;
    let is_placed = |&(x, y): &(f64, f64)| is_usable(x) && is_usable(y);
    if let Some(index) = points.iter().position(|point| !is_placed(point)) {
        let (x, y) = points[index];
        return Err(Error::NotFinite {
            what: "points",
            index,
            value: if is_usable(x) { y } else { x },
        });
    }
    let sizes = points.iter().map(|(x, y)| x.abs().max(y.abs()));
    let is_fine = sizes.fold(0.0, f64::max) <= 1e15 * reach;
    let expected = "at least 1e-15 of the largest coordinate";
    expect_parameter(is_fine, "reach", reach, expected)?;
    let grid = Grid::new(points, reach);
    let is_core: Vec<bool> = (0..points.len())
        .map(|index| grid.has_neighbours(index, min_points))
        .collect();
    let mut clusters = Clusters {
        count: 0,
        labels: vec![None; points.len()],
        is_core,
        ambiguous: BTreeMap::new(),
    };
    clusters.join_cores(&grid);
    clusters.join_border(&grid);
    Ok(clusters)
}

impl Clusters {
    /// Core points in reach of each other, over any number of steps.
    fn join_cores(&mut self, grid: &Grid) {
        let mut sets = Sets((0..self.labels.len()).collect());
        grid.each_cell(|cell| {
            let cores: Vec<usize> = cell.iter().copied().filter(|&i| self.is_core[i]).collect();
            // Points of one cell are all in reach of each other: see the size of a cell.
            cores
                .windows(2)
                .for_each(|pair| sets.join(pair[0], pair[1]));
        });
        grid.each_pair_of_cells(|a, b| {
            let cores = |cell: &[usize]| -> Vec<usize> {
                cell.iter().copied().filter(|&i| self.is_core[i]).collect()
            };
            let (a, b) = (cores(a), cores(b));
            if let (Some(&first), Some(&second)) = (a.first(), b.first())
                && sets.root(first) != sets.root(second)
                && a.iter().any(|&i| b.iter().any(|&j| grid.in_reach(i, j)))
            {
                sets.join(first, second);
            }
        });
        let mut numbers: HashMap<usize, usize> = HashMap::new();
        for index in (0..self.labels.len()).filter(|&index| self.is_core[index]) {
            let next = numbers.len();
            self.labels[index] = Some(*numbers.entry(sets.root(index)).or_insert(next));
        }
        self.count = numbers.len();
    }

    fn join_border(&mut self, grid: &Grid) {
        for index in (0..self.labels.len()).filter(|&index| !self.is_core[index]) {
            let neighbours = grid.neighbours(index);
            let of_cores = neighbours.filter(|&other| self.is_core[other]);
            let mut clusters: Vec<usize> = of_cores.filter_map(|i| self.labels[i]).collect();
            clusters.sort_unstable();
            clusters.dedup();
            self.labels[index] = clusters.first().copied();
            if clusters.len() > 1 {
                self.ambiguous.insert(index, clusters);
            }
        }
    }
}

/// Points by square cells so small that any two points of a cell are in reach of each other.
struct Grid<'a> {
    points: &'a [(f64, f64)],
    reach: f64,
    cells: HashMap<(i64, i64), Vec<usize>>,
}

/// Cells within reach of a cell: two cells away, as a cell's side is 0.7 of the reach.
const NEIGHBOURHOOD: i64 = 2;

impl<'a> Grid<'a> {
    fn new(points: &'a [(f64, f64)], reach: f64) -> Self {
        let mut grid = Self {
            points,
            reach,
            cells: HashMap::new(),
        };
        for index in 0..points.len() {
            let cell = grid.cell(index);
            grid.cells.entry(cell).or_default().push(index);
        }
        grid
    }

    fn cell(&self, index: usize) -> (i64, i64) {
        let side = 0.7 * self.reach;
        let (x, y) = self.points[index];
        ((x / side).floor() as i64, (y / side).floor() as i64)
    }

    fn in_reach(&self, a: usize, b: usize) -> bool {
        let ((ax, ay), (bx, by)) = (self.points[a], self.points[b]);
        let (dx, dy) = (ax - bx, ay - by);
        (dx * dx + dy * dy).sqrt() <= self.reach
    }

    fn around(&self, (column, row): (i64, i64)) -> impl Iterator<Item = &Vec<usize>> {
        let columns = -NEIGHBOURHOOD..=NEIGHBOURHOOD;
        let steps = columns.flat_map(|dx| (-NEIGHBOURHOOD..=NEIGHBOURHOOD).map(move |dy| (dx, dy)));
        steps.filter_map(move |(dx, dy)| {
            let cell = (column.saturating_add(dx), row.saturating_add(dy));
            self.cells.get(&cell)
        })
    }

    fn neighbours(&self, index: usize) -> impl Iterator<Item = usize> {
        let near = self.around(self.cell(index)).flatten().copied();
        near.filter(move |&other| self.in_reach(index, other))
    }

    fn has_neighbours(&self, index: usize, least: usize) -> bool {
        let own = self.cells.get(&self.cell(index)).map_or(0, Vec::len);
        own >= least || self.neighbours(index).take(least).count() >= least
    }

    fn each_cell(&self, mut visit: impl FnMut(&[usize])) {
        self.cells.values().for_each(|cell| visit(cell));
    }

    fn each_pair_of_cells(&self, mut visit: impl FnMut(&[usize], &[usize])) {
        for (&place, cell) in &self.cells {
            for other in self.around(place) {
                if other[0] > cell[0] {
                    visit(cell, other);
                }
            }
        }
    }
}

/// Disjoint sets of indices, each known by one of its members.
struct Sets(Vec<usize>);

impl Sets {
    fn root(&mut self, mut index: usize) -> usize {
        while self.0[index] != index {
            self.0[index] = self.0[self.0[index]];
            index = self.0[index];
        }
        index
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}
