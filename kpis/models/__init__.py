"""KPI definitions, their targets, their figures, and how figures came in."""

from kpis.models.definitions import ChartChoice as ChartChoice
from kpis.models.definitions import Direction as Direction
from kpis.models.definitions import Frequency as Frequency
from kpis.models.definitions import Indicator as Indicator
from kpis.models.definitions import PhaseStart as PhaseStart
from kpis.models.definitions import Target as Target
from kpis.models.definitions import Unit as Unit
from kpis.models.figures import Observation as Observation
from kpis.models.figures import PeriodLock as PeriodLock
from kpis.models.figures import Vintage as Vintage
from kpis.models.incoming import FigureColumns as FigureColumns
from kpis.models.incoming import FigureImport as FigureImport
from kpis.models.incoming import FigureName as FigureName
from kpis.models.incoming import FigureRequest as FigureRequest
from kpis.models.public import DisclosureAssessment as DisclosureAssessment
