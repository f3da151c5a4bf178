import './shell/known-language.ts';
import './design/tokens.css';
import './design/base.css';
import './design/frame.css';
import './design/controls.css';
import './design/chips.css';
import './design/states.css';
import './design/overlays.css';
import './orders/order-filters.css';
import './orders/orders-table.css';
import './orders/order-cards.css';
import './orders/rechecks.css';
import './orders/order-panel.css';
import './design/forced-colors.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { AppShell } from './shell/app-shell.tsx';
import { PageBoundary } from './shell/page-boundary.tsx';

const page = document.getElementById('page');
if (page === null) throw new Error('index.html has no root element for the page');
createRoot(page).render(
  <StrictMode>
    <PageBoundary what="The page">
      <AppShell />
    </PageBoundary>
  </StrictMode>,
);
