use std::{collections::BTreeMap, ops::Range};

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
/// mm as `reach`, or in any one unit. Points are sorted into square cells, so time grows with the
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
    let grid = Grid::new(points, reach, min_points);
    let mut labels = Labels::new(&grid);
    labels.join_cores();
    Ok(labels.finish())
}

/// Points by square cells so small that any two points of a cell are in reach of each other.
struct Grid {
    reach: f64,
    /// The points, cell by cell, the core points of a cell first.
    points: Vec<(f64, f64)>,
    /// The index of each of them in the order given.
    indices: Vec<usize>,
    /// In the order of column, then row.
    cells: Vec<Cell>,
}

/// A cell with at least one point.
#[derive(Clone, Copy)]
struct Cell {
    column: i64,
    row: i64,
    /// Its points: `first` to before `end`, core points to before `cores_end`.
    first: usize,
    cores_end: usize,
    end: usize,
}

impl Cell {
    fn all(&self) -> Range<usize> {
        self.first..self.end
    }

    fn cores(&self) -> Range<usize> {
        self.first..self.cores_end
    }
}

/// Cells within reach of a cell: two cells away, as a cell's side is 0.7 of the reach.
const NEIGHBOURHOOD: i64 = 2;

impl Grid {
    fn new(points: &[(f64, f64)], reach: f64, min_points: usize) -> Self {
        let side = 0.7 * reach;
        let place = |index: usize| {
            let (x, y) = points[index];
            ((x / side).floor() as i64, (y / side).floor() as i64)
        };
        let mut placed: Vec<((i64, i64), usize)> = (0..points.len())
            .map(|index| (place(index), index))
            .collect();
        placed.sort_unstable();
        let mut grid = Self {
            reach,
            points: placed.iter().map(|&(_, index)| points[index]).collect(),
            indices: placed.iter().map(|&(_, index)| index).collect(),
            cells: Vec::new(),
        };
        for (at, &((column, row), _)) in placed.iter().enumerate() {
            match grid.cells.last_mut() {
                Some(cell) if (cell.column, cell.row) == (column, row) => cell.end = at + 1,
                _ => grid.cells.push(Cell {
                    column,
                    row,
                    first: at,
                    cores_end: at,
                    end: at + 1,
                }),
            }
        }
        grid.find_cores(min_points);
        grid
    }

    /// Puts the core points of each cell first.
    fn find_cores(&mut self, min_points: usize) {
        let mut is_core = vec![true; self.points.len()];
        for cell in &self.cells {
            if cell.all().len() < min_points {
                let around = self.around(cell);
                for at in cell.all() {
                    is_core[at] = self.has_neighbours(at, &around, min_points);
                }
            }
        }
        for cell in &mut self.cells {
            for at in cell.all() {
                if is_core[at] {
                    self.points.swap(at, cell.cores_end);
                    self.indices.swap(at, cell.cores_end);
                    // The point that was there is no core: all cores before it were passed.
                    cell.cores_end += 1;
                }
            }
        }
    }

    fn has_neighbours(&self, at: usize, around: &[usize], least: usize) -> bool {
        let mut found = 0;
        for &cell in around {
            for other in self.cells[cell].all() {
                found += usize::from(self.in_reach(at, other));
                if found >= least {
                    return true;
                }
            }
        }
        false
    }

    fn in_reach(&self, a: usize, b: usize) -> bool {
        let ((ax, ay), (bx, by)) = (self.points[a], self.points[b]);
        let (dx, dy) = (ax - bx, ay - by);
        (dx * dx + dy * dy).sqrt() <= self.reach
    }

    /// Indices of the cells within reach of a cell, itself among them.
    fn around(&self, cell: &Cell) -> Vec<usize> {
        let mut around = Vec::new();
        for column in -NEIGHBOURHOOD..=NEIGHBOURHOOD {
            let column = cell.column.saturating_add(column);
            let from = (column, cell.row.saturating_sub(NEIGHBOURHOOD));
            let to = (column, cell.row.saturating_add(NEIGHBOURHOOD));
            let first = self
                .cells
                .partition_point(|other| (other.column, other.row) < from);
            let near = self.cells[first..].iter();
            let near = near.take_while(|other| (other.column, other.row) <= to);
            around.extend((first..).zip(near).map(|(index, _)| index));
        }
        around
    }

    /// Whether a core point of one cell is in reach of one of another cell.
    fn cores_meet(&self, a: &Cell, b: &Cell) -> bool {
        a.cores()
            .any(|one| b.cores().any(|other| self.in_reach(one, other)))
    }
}

/// Clusters in the making.
struct Labels<'a> {
    grid: &'a Grid,
    /// The set of each cell's core points, which are in reach of each other.
    sets: Sets,
}

impl<'a> Labels<'a> {
    fn new(grid: &'a Grid) -> Self {
        Self {
            grid,
            sets: Sets((0..grid.cells.len()).collect()),
        }
    }

    /// Core points in reach of each other, over any number of steps.
    fn join_cores(&mut self) {
        // Touching cells first: after that most cells further apart need no look at their points.
        for is_touching in [true, false] {
            for (index, cell) in self.grid.cells.iter().enumerate() {
                if !cell.cores().is_empty() {
                    self.join_cell(index, is_touching);
                }
            }
        }
    }

    fn join_cell(&mut self, index: usize, is_touching: bool) {
        let cell = &self.grid.cells[index];
        for near in self.grid.around(cell) {
            let other = &self.grid.cells[near];
            let away = (other.column - cell.column)
                .abs()
                .max((other.row - cell.row).abs());
            if near > index
                && (away <= 1) == is_touching
                && self.sets.root(index) != self.sets.root(near)
                && self.grid.cores_meet(cell, other)
            {
                self.sets.join(index, near);
            }
        }
    }

    /// Numbers the clusters and joins the points at their borders.
    fn finish(mut self) -> Clusters {
        let count = self.grid.points.len();
        let mut root_of_core = vec![None; count];
        for (index, cell) in self.grid.cells.iter().enumerate() {
            for at in cell.cores() {
                root_of_core[self.grid.indices[at]] = Some(self.sets.root(index));
            }
        }
        let mut numbers = vec![None; self.grid.cells.len()];
        let mut clusters = Clusters {
            count: 0,
            labels: vec![None; count],
            is_core: root_of_core.iter().map(Option::is_some).collect(),
            ambiguous: BTreeMap::new(),
        };
        for (label, root) in clusters.labels.iter_mut().zip(root_of_core) {
            let Some(root) = root else { continue };
            *label = Some(*numbers[root].get_or_insert_with(|| {
                clusters.count += 1;
                clusters.count - 1
            }));
        }
        self.join_border(&mut clusters);
        clusters
    }

    fn join_border(&self, clusters: &mut Clusters) {
        let grid = self.grid;
        for cell in grid.cells.iter().filter(|cell| cell.cores_end < cell.end) {
            let around = grid.around(cell);
            for at in cell.cores_end..cell.end {
                let near = around.iter().map(|&near| &grid.cells[near]);
                let touched = near.filter_map(|near| {
                    let core = near.cores().find(|&core| grid.in_reach(at, core))?;
                    clusters.labels[grid.indices[core]]
                });
                let mut touched: Vec<usize> = touched.collect();
                touched.sort_unstable();
                touched.dedup();
                clusters.labels[grid.indices[at]] = touched.first().copied();
                if touched.len() > 1 {
                    clusters.ambiguous.insert(grid.indices[at], touched);
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
