-- Reference tables and people (schema 3.1, 3.2, 3.6, 3.19).

CREATE TABLE locations (
  id SERIAL PRIMARY KEY,
  location_name VARCHAR(50) UNIQUE NOT NULL,
  description TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);

CREATE TABLE lead_sources (
  id SERIAL PRIMARY KEY,
  source_name VARCHAR(50) UNIQUE NOT NULL,
  description TEXT,
  is_active BOOLEAN NOT NULL DEFAULT TRUE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);

CREATE TABLE users (
  id SERIAL PRIMARY KEY,
  username VARCHAR(50) NOT NULL CONSTRAINT idx_users_username UNIQUE,
  email VARCHAR(100) NOT NULL CONSTRAINT idx_users_email UNIQUE,
  password_hash VARCHAR(255) NOT NULL,
  role VARCHAR(20) NOT NULL CHECK (role IN ('Admin', 'Manager', 'Sales', 'Technician', 'Warehouse')),
  full_name VARCHAR(100) NOT NULL,
  phone VARCHAR(20),
  is_active BOOLEAN NOT NULL DEFAULT TRUE,
  must_change_password BOOLEAN NOT NULL DEFAULT FALSE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  last_login TIMESTAMP WITH TIME ZONE
);

CREATE UNIQUE INDEX idx_users_username_key ON users (lower(username));
CREATE UNIQUE INDEX idx_users_email_key ON users (lower(email));
CREATE INDEX idx_users_role ON users (role);

CREATE TABLE customers (
  id SERIAL PRIMARY KEY,
  customer_type VARCHAR(20) NOT NULL CHECK (customer_type IN ('Retail', 'Wholesale')),
  full_name VARCHAR(100) NOT NULL,
  business_name VARCHAR(100),
  email VARCHAR(100),
  phone VARCHAR(20) NOT NULL,
  alternate_phone VARCHAR(20),
  address TEXT,
  city VARCHAR(50) DEFAULT 'Accra',
  region VARCHAR(50),
  notes TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  deleted_at TIMESTAMP WITH TIME ZONE
);

CREATE INDEX idx_customers_phone ON customers (phone);
CREATE INDEX idx_customers_type ON customers (customer_type);
CREATE INDEX idx_customers_name ON customers (full_name);
CREATE INDEX idx_customers_deleted ON customers (deleted_at);
CREATE INDEX idx_customers_alternate_phone ON customers (alternate_phone) WHERE alternate_phone IS NOT NULL;
CREATE INDEX idx_customers_email_key ON customers (lower(email)) WHERE email IS NOT NULL;
